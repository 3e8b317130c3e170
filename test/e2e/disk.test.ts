/** What a disk that takes no more does to a division of real processes, and a directory that can be none. */
import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/compose/clocks.ts';
import { openDivision } from '../../src/division/directory.ts';
import { collectingLog } from '../division/fixtures/records.ts';
import { runProgram } from './command-line.ts';
import { CLUSTER, type Home, homeForTest, onlyNode } from './division-home.ts';
import { isRunning, killAtOnce } from './processes.ts';

const node = `${CLUSTER}-worker-1`;

/** prlimit(1) gives a running process of ours a disk that takes one byte a file: no mount and no root are needed for it. */
const canLimit = ((): boolean => {
  try {
    execFileSync('prlimit', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

async function setFull(pid: number, isFull: boolean): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${isFull ? '1' : 'unlimited'}:unlimited`]);
}

/** Waits until the simulated clock has gone on by so many seconds. */
async function clusterSeconds(home: Home, seconds: number): Promise<void> {
  const { clock } = await home.simulation();
  const start = performance.now();
  await vi.waitFor(() => expect((performance.now() - start) * clock.speed).toBeGreaterThan(seconds * 1000), {
    timeout: 30_000,
    interval: 20,
  });
}

async function requestsIn(home: Home): Promise<string[]> {
  const names = await readdir(join(home.division, 'operations', 'requests'));
  return names.filter(name => /^[^.].*\.json$/.test(name));
}

describe.runIf(canLimit)('SAFETY 11: the executor’s disk is full in mid-upgrade', () => {
  it('nothing is done whose intent could not be written; with space again it goes on by itself, each step once', async () => {
    const home = await homeForTest({ controlPlanes: 1, speed: 60 });
    const host = await home.host();
    const id = await host.upgrade({ clusters: [CLUSTER], node_selector: onlyNode(node) });
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'cordon');
    const executor = await home.executorPid();
    await setFull(executor, true);
    await setFull(host.pid, true);

    const written = (await home.journal(id)).length;
    await clusterSeconds(home, 120);
    const journal = await home.journal(id);
    expect(journal.length - written).toBeLessThanOrEqual(1);
    const ledger = await home.ledger();
    const intended = (kind: string) => journal.filter(entry => entry.kind === 'intent' && entry.effect.kind === kind);
    expect(ledger.installs).toHaveLength(intended('install').length);
    expect(Object.keys(ledger.evictions_by_pod_uid).length > 0).toBe(intended('evict').length > 0);
    expect(isRunning(executor)).toBe(true);

    // What is known is answered, with what is wrong and what to do; what has to be written is refused with the same.
    const { text, structured } = await host.call('get_operation', { operation_id: id });
    expect(structured.executor_problem).toMatch(
      /cannot write .*executor\.wanted: the (?:disk is full|file is too large)/,
    );
    expect(text).toContain(id);
    const refused = await host.refusal('control_operation', { operation_id: id, action: 'pause', reason: 'full' });
    expect(refused).toMatchObject({ code: 'INTERNAL', retry: 'after-change' });
    expect(refused.remedy).toContain(home.division);

    await setFull(executor, false);
    await home.written(id, entry => entry.kind === 'observed' && entry.state === 'done');
    await setFull(host.pid, false);
    const operation = await host.end(id, 'succeeded');
    expect(operation).toMatchObject({ progress: { done: 1, total: 1 } });
    expect(await home.executorPid()).toBe(executor);
    const after = await home.ledger();
    expect(after).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
    expect(after.installs).toHaveLength(1);
  }, 120_000);
});

describe('an executor killed -9 with a front end’s request in the directory', () => {
  it('the next call brings another, which takes it: one start, one operation', async () => {
    const home = await homeForTest({ controlPlanes: 1 });
    const host = await home.host();
    const plan = await host.call('rolling_upgrade', {
      clusters: [CLUSTER],
      to_version: 'v1.13.9',
      node_selector: onlyNode(node),
    });
    const executor = await home.executorPid();
    // Stopped, it takes nothing: the request that a front end left a moment before lies there when it is killed.
    process.kill(executor, 'SIGSTOP');
    const request_id = randomUUID();
    const division = await openDivision(home.division, { clock: systemClock, log: collectingLog() });
    await division.leaveRequest({
      record_version: 1,
      kind: 'start',
      request_id,
      plan_hash: String(plan.structured.plan_hash),
      principal: 'operator',
      at: new Date().toISOString(),
    });
    expect(await requestsIn(home)).toEqual([`${request_id}.json`]);
    const refused = await host.refusal('rolling_upgrade', { plan_hash: plan.structured.plan_hash });
    expect(refused).toMatchObject({ code: 'DIRECTORY_LOCKED', retry: 'later' });
    expect(refused.remedy).toContain(`kill -KILL ${executor}`);
    await killAtOnce(executor);
    const again = await vi.waitFor(() => host.call('rolling_upgrade', { plan_hash: plan.structured.plan_hash }), {
      timeout: 20_000,
    });
    const operation = await host.end(String(again.structured.operation_id), 'succeeded');
    expect(operation).toMatchObject({ progress: { done: 1, total: 1 } });
    expect(await requestsIn(home)).toEqual([]);
    const journal = await home.journal(operation.operation_id);
    expect(journal.filter(entry => entry.kind === 'queued')).toHaveLength(1);
  }, 90_000);
});

describe('doctor', () => {
  it.runIf(process.platform === 'linux')(
    'says at once that a division can’t be kept where nothing can be made',
    async () => {
      const { exitCode, stdout } = await runProgram(['--home', '/proc/nobody', 'doctor']);
      expect(exitCode).toBe(process.getuid?.() === 0 ? 1 : 2);
      if (exitCode === 1) {
        expect(stdout).toMatch(/^FAIL {2}division directory \/proc\/nobody.*\n {6}Name a directory with --home/m);
      }
    },
    20_000,
  );
});
