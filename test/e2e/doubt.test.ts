/** The exits of a doubt with real parts: executor, contractor and a talosctl of its own, killed -9 with all that would tell its end (SAFETY 3). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Effect } from '../../src/model/effect.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import { CLUSTER, type Home, onlyNode, openHome } from './division-home.ts';
import { Host } from './host.ts';

/** The pull of an image is 10 s of the cluster's: long, at this speed, beside a look at the disk. */
const SPEED = 40;
const worker = (number: number): string => `${CLUSTER}-worker-${number}`;

type Install = Extract<Effect, { kind: 'install' }>;

let home: Home;
let host: Host;
beforeAll(async () => {
  home = await openHome({ controlPlanes: 1, workers: 5, speed: SPEED });
  host = await home.host();
  await host.call('cluster_health');
}, 60_000);
afterAll(() => home.remove());

const upgrade = (node: string): Promise<string> => host.upgrade({ clusters: [CLUSTER], node_selector: onlyNode(node) });

const receipts = (...path: string[]): string => join(home.division, 'operations', 'receipts', ...path);

/** The installs that were intended, in order; one that was intended again after a crash is one. */
async function installs(id: string): Promise<Install[]> {
  const entries = await home.journal(id);
  const intended = entries.flatMap(entry =>
    entry.kind === 'intent' && entry.effect.kind === 'install' ? [entry.effect] : [],
  );
  return [...new Map(intended.map(effect => [effect.attempt_id, effect])).values()];
}

/**
 * Kills the process group of an install's talosctl as soon as it is written down: the machine hears of it late, or never. From the
 * intent to the kill the cluster's time stands still, or a busy machine would be done with the image before it is looked at.
 */
async function killInstall(id: string, ordinal: number): Promise<void> {
  const attempt = await vi.waitFor(
    async () => {
      const intended = (await installs(id))[ordinal - 1];
      if (!intended) throw new Error(`install ${ordinal} of ${id} is not intended yet`);
      return intended;
    },
    { timeout: 60_000, interval: 5 },
  );
  await home.control('/clock', { speed: 0 });
  const pid = await vi.waitFor(
    async () => {
      const text = await readFile(receipts('attempts', attempt.attempt_id, 'process.json'), 'utf8');
      return (JSON.parse(text) as { pid: number }).pid;
    },
    { timeout: 30_000, interval: 5 },
  );
  process.kill(-pid, 'SIGKILL');
  await home.control('/clock', { speed: SPEED });
}

async function expectOneInstall(node: string): Promise<void> {
  const ledger = await home.ledger();
  expect(ledger.installs.filter(install => install.node === node)).toHaveLength(1);
  expect(ledger).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
}

describe.runIf(process.platform === 'linux')('SAFETY 3a: another boot ends a doubt, and the version says how', () => {
  it.each([
    { node: worker(1), becomes: 'done', status: 'succeeded', version: 'v1.13.9', cordoned: false },
    { node: worker(2), becomes: 'rolled_back', status: 'halted', version: 'v1.12.11', cordoned: true },
  ] as const)(
    'who records the end of talosctl is killed when the machine has taken the order: $becomes',
    async ({ node, becomes, status, version, cordoned }) => {
      if (becomes === 'rolled_back') await home.fault({ kind: 'node_boots_old_slot', node });
      await home.fault({
        kind: 'process_killed',
        pid_file: join(home.division, 'operations', 'executor.lock.*'),
        descendant: 'recorder ',
        when: 'after',
        verb: 'talosctl',
        resource: 'upgrade',
        count: 1,
      });
      const id = await upgrade(node);
      const operation = await host.end(id, status);
      expect(operation.nodes_by_state, JSON.stringify(operation.stopped)).toEqual({ [becomes]: 1 });
      expect(await home.node(node)).toMatchObject({ version, cordoned });
      const seen = (await home.journal(id)).flatMap(entry => (entry.kind === 'observed' ? [entry.reason] : []));
      expect(seen).toContain('talosctl died without an exit receipt');
      expect(seen).toContain('it booted again: the version tells what became of it');
      await expectOneInstall(node);
    },
    90_000,
  );
});

describe('SAFETY 3b: an install that was proved not to have been started', () => {
  it('is followed by another attempt, which names every one before it; the machine hears of one', async () => {
    const node = worker(3);
    const id = await upgrade(node);
    for (const ordinal of [1, 2]) {
      await killInstall(id, ordinal);
      const halted = await host.end(id, 'halted');
      expect(halted).toMatchObject({ nodes_by_state: { failed: 1 }, stopped: { code: 'CONTRACTOR_FAILED' } });
      expect(halted.stopped?.evidence.join('\n')).toMatch(/lost|exited/);
      expect(halted.stopped?.evidence.join('\n')).toMatch(/Talos: stage running, boot id .* twice/);
      expect(await home.node(node)).toMatchObject({ cordoned: false, version: 'v1.12.11' });
      await host.resume(id, 'nothing was started');
    }
    await host.end(id, 'succeeded');
    const attempts = await installs(id);
    const ids = attempts.map(({ attempt_id }) => attempt_id);
    expect(ids).toHaveLength(3);
    expect(attempts.map(({ supersedes }) => supersedes)).toEqual([undefined, ids.slice(0, 1), ids.slice(0, 2)]);
    const claims = (await readdir(receipts('boots'))).filter(name => name.includes(attempts[0]?.boot_id ?? '')).sort();
    expect(await Promise.all(claims.map(name => readFile(receipts('boots', name), 'utf8')))).toEqual(
      ids.map(name => `${name}\n`),
    );
    await expectOneInstall(node);
  }, 120_000);
});

describe('SAFETY 3c: a person ends a doubt', () => {
  it('not a viewer; by an operator’s word that nothing was started another attempt goes out, which names the first', async () => {
    const node = worker(4);
    const environment = { ...home.environment, GM_PRINCIPAL: 'viewer' };
    const viewer = await Host.open({ home: home.directory, environment });
    onTestFinished(() => viewer.close());
    const id = await upgrade(node);
    await killInstall(id, 1);
    await home.written(id, entry => entry.kind === 'observed' && entry.state === 'in_doubt');
    const resolve = {
      operation_id: id,
      action: 'resolve',
      reason: 'the console shows no upgrade',
      node: `${CLUSTER}/${node}`,
      as: 'not_started',
    };
    expect((await viewer.refusal('control_operation', resolve)).code).toBe('AUTHORITY_REFUSED');
    await host.control(resolve);
    const isResolved = (entry: JournalEntry): boolean =>
      entry.kind === 'observed' && entry.state === 'cordoned' && entry.reason === 'resolved as not started';
    expect(await home.written(id, isResolved)).toMatchObject({ evidence: [`resolved: ${resolve.reason}`] });
    await host.end(id, 'succeeded');
    const [first, second] = await installs(id);
    expect(second?.supersedes).toEqual([first?.attempt_id]);
    const controls = (await home.journal(id)).filter(entry => entry.kind === 'control');
    expect(controls).toMatchObject([{ action: 'resolve', as: 'not_started', by: 'operator' }]);
    await expectOneInstall(node);
  }, 120_000);
});
