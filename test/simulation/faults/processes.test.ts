import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { startTalosctl } from '../talosctl-face/terminal.ts';
import { machineOf } from '../world/worlds.ts';
import { type Faces, faces } from './faces.ts';

const WORKER = 'small-worker-1';
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process that does nothing until it is killed, and what ends when it was. */
async function sleeper(): Promise<{ pid: number; gone: Promise<unknown> }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  started.push(child);
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, gone: once(child, 'exit') };
}

/** A lock file as an executor keeps one: each process that takes it is a new generation. */
function newLock() {
  const folder = mkdtempSync(join(tmpdir(), 'process-killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let generation = 8;
  return {
    path: join(folder, 'lock.*'),
    async take() {
      generation += 1;
      const process = await sleeper();
      writeFileSync(join(folder, `lock.${generation}`), JSON.stringify({ pid: process.pid }));
      return process;
    },
  };
}

const cordon = (at: Faces, unschedulable: boolean, query = '') =>
  at.ask(`/api/v1/nodes/${WORKER}${query}`, { method: 'PATCH', body: { spec: { unschedulable } } });
const momentsOf = (at: Faces): string[] => at.cluster.ledger.kills.map(({ when, request }) => `${when} ${request}`);
const patch = (unschedulable: boolean): string =>
  `PATCH /api/v1/nodes/${WORKER} {"spec":{"unschedulable":${unschedulable}}}`;

it('process_killed: each request that changes the Kubernetes API once before and once after; whoever holds the lock then', async () => {
  const at = await faces();
  const lock = newLock();
  at.cluster.faults.arm({ kind: 'process_killed', pid_file: lock.path });
  const first = await lock.take();
  await cordon(at, true);
  await first.gone;
  // Nobody lives: the second strike is left for when somebody does.
  await cordon(at, true);
  expect(momentsOf(at)).toEqual([`before ${patch(true)}`]);
  const second = await lock.take();
  await cordon(at, true);
  await second.gone;
  const third = await lock.take();
  await cordon(at, true);
  expect(momentsOf(at)).toEqual([`before ${patch(true)}`, `after ${patch(true)}`]);
  await cordon(at, false);
  await third.gone;
  expect(momentsOf(at).at(-1)).toBe(`before ${patch(false)}`);
  expect(at.cluster.ledger.report().kills.map(({ pid }) => pid)).toEqual([first.pid, second.pid, third.pid]);
});

it('process_killed: what changes nothing strikes nobody, and resource versions and times make no other request', async () => {
  const at = await faces();
  const lock = newLock();
  const fault = at.cluster.faults.arm({ kind: 'process_killed', pid_file: lock.path, when: 'after' });
  const holder = await lock.take();
  await at.ask(`/api/v1/nodes/${WORKER}`);
  await cordon(at, true, '?dryRun=All');
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {} };
  await at.ask('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { method: 'POST', body: review });
  await at.ask(`/api/v1/nodes/no-such-node`, { method: 'PATCH', body: {} });
  await at.talosctl('-n 10.5.1.1 version');
  expect(momentsOf(at)).toEqual([]);
  const renew = (renewTime: string) =>
    at.ask('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', {
      method: 'POST',
      body: { metadata: { name: `of-${renewTime.length}` }, spec: { holderIdentity: 'op-1', renewTime } },
    });
  await renew('2026-01-01T00:00:00.000000Z');
  await holder.gone;
  await lock.take();
  await renew('2026-01-01T00:01:00.000000Z');
  expect(at.cluster.ledger.kills).toHaveLength(1);
  expect(at.cluster.ledger.kills[0]?.fault).toBe(fault.id);
});

it('process_killed around talosctl: before its order is given, and after it for as long as somebody has to be waited for', async () => {
  const at = await faces();
  const machine = machineOf(at.cluster, WORKER);
  const lock = newLock();
  at.cluster.faults.arm({ kind: 'process_killed', pid_file: lock.path });
  const first = await lock.take();
  const tool = startTalosctl(at.world, '-n 10.5.1.1 reboot --wait=false');
  await first.gone;
  const second = await lock.take();
  await second.gone;
  await tool.done;
  expect(tool.exit).toBe(0);
  expect(momentsOf(at)).toEqual([`before talosctl reboot ${WORKER}`, `after talosctl reboot ${WORKER}`]);
  expect(machine.sequence).toBeDefined();
});

it.runIf(process.platform === 'linux')(
  'process_killed: a process below the one that is named, told by its command line',
  async () => {
    const at = await faces();
    const script = `"${process.execPath}" -e 'setInterval(() => {}, 1000)' the-words & wait`;
    const parent = spawn('sh', ['-c', 'eval "$0"', script.replace('the-words', '"the"-words')], { stdio: 'ignore' });
    started.push(parent);
    const gone = once(parent, 'exit');
    await once(parent, 'spawn');
    at.cluster.faults.arm({ kind: 'process_killed', pid: parent.pid ?? 0, descendant: 'the-words', when: 'before' });
    await vi.waitFor(async () => {
      await cordon(at, true);
      expect(momentsOf(at)).toHaveLength(1);
    });
    // Its only child is gone, so it ends by itself.
    expect(await gone).toEqual([0, null]);
  },
);

it.each([
  { request: {}, says: '"pid" and "pid_file"' },
  { request: { pid: 1 }, says: '"pid" and "pid_file"' },
  { request: { pid: 12, pid_file: '/run/a' }, says: '"pid" and "pid_file"' },
  { request: { pid: 12, when: 'later' }, says: '"when"' },
])('process_killed with $request is refused', async ({ request, says }) => {
  const { cluster } = await faces();
  expect(() => cluster.faults.arm({ kind: 'process_killed', ...request })).toThrow(says);
});
