import { spawnSync } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import type { Division } from '../../src/ports.ts';
import { AT, clock, collectingLog, hashOf, operationOf, planOf, temporaryFolder } from './fixtures/records.ts';

const log = collectingLog();
const hash = hashOf('ab');

function heardBy(division: Division): string[] {
  const heard: string[] = [];
  onTestFinished(division.onChange(address => heard.push(address)));
  return heard;
}

async function openBoth() {
  const directory = await temporaryFolder();
  const executor = await openDivisionWriter(directory, { clock, log });
  onTestFinished(() => executor.release());
  return { directory, executor, frontEnd: await openDivision(directory, { clock, log }) };
}

/** Until every expected address was heard once, and a look later still nothing more. */
async function hears(heard: string[], expected: string[]): Promise<void> {
  await vi.waitFor(() => expect(heard.toSorted()).toEqual(expected.toSorted()), { timeout: 5000, interval: 20 });
}

describe('changes of the directory', () => {
  test('of every kind are told by address, each once', async () => {
    const { executor, frontEnd } = await openBoth();
    const heard = heardBy(frontEnd);
    await executor.append('op-1', { kind: 'started' }, AT);
    await executor.writeOperation(operationOf('op-1'));
    await frontEnd.savePlan(planOf(hash));
    await executor.writeContext('division-state', { division: 'containers' });
    await executor.writeContext('cluster-status', { clusters: [] });
    const all = [
      'gm://operations/op-1/events',
      'gm://operations/op-1',
      `gm://plans/${hash}`,
      'gm://division/state',
      'gm://division/cluster-status',
    ];
    await hears(heard, all);

    await executor.append('op-1', { kind: 'phase', name: 'workers' }, AT);
    await hears(heard, [...all, 'gm://operations/op-1/events']);
    await frontEnd.savePlan(planOf(hashOf('cd')));
    await hears(heard, [...all, 'gm://operations/op-1/events', `gm://plans/${hashOf('cd')}`]);
  });

  test('made before listening, requests, locks and temporary files are not told', async () => {
    const { executor, frontEnd } = await openBoth();
    await executor.writeOperation(operationOf('op-old'));
    const heard = heardBy(frontEnd);
    await frontEnd.leaveRequest({
      record_version: 1,
      kind: 'start',
      request_id: 'r-1',
      plan_hash: hash,
      principal: 'operator',
      at: AT,
    });
    await executor.writeOperation(operationOf('op-new'));
    await hears(heard, ['gm://operations/op-new']);
  });

  test('are heard where the directory is made only later', async () => {
    const directory = join(await temporaryFolder(), 'later');
    const division = await openDivision(directory, { clock, log });
    const heard = heardBy(division);
    await mkdir(directory);
    await division.savePlan(planOf(hash));
    await hears(heard, [`gm://plans/${hash}`]);
  });

  test('by renaming and removing are changes too', async () => {
    const { directory, executor, frontEnd } = await openBoth();
    await executor.writeOperation(operationOf('op-1'));
    await executor.append('op-2', { kind: 'started' }, AT);
    const heard = heardBy(frontEnd);
    await rename(join(directory, 'operations', 'op-1'), join(directory, 'operations', 'op-3'));
    await rm(join(directory, 'operations', 'op-2', 'journal.jsonl'));
    await hears(heard, ['gm://operations/op-1', 'gm://operations/op-3', 'gm://operations/op-2/events']);
  });

  test('reach every listener, also when one of them throws, and none after it stopped', async () => {
    const { frontEnd } = await openBoth();
    onTestFinished(
      frontEnd.onChange(() => {
        throw new Error('a fault of this listener');
      }),
    );
    const stopped: string[] = [];
    const stop = frontEnd.onChange(address => stopped.push(address));
    const heard = heardBy(frontEnd);
    await frontEnd.savePlan(planOf(hash));
    await hears(heard, [`gm://plans/${hash}`]);
    stop();
    stop();
    await frontEnd.savePlan(planOf(hashOf('cd')));
    await hears(heard, [`gm://plans/${hash}`, `gm://plans/${hashOf('cd')}`]);
    expect(stopped).toEqual([`gm://plans/${hash}`]);
    expect(log.events).toContain('division.listener_failed');
  });
});

test('listening keeps no process alive', async () => {
  const script = fileURLToPath(new URL('fixtures/listen.ts', import.meta.url));
  const { directory, executor } = await openBoth();
  await executor.writeOperation(operationOf('op-1'));
  const ended = spawnSync(process.execPath, ['--import', 'tsx', script, directory], { timeout: 20_000 });
  expect({ status: ended.status, signal: ended.signal }).toEqual({ status: 0, signal: null });
  expect(ended.stdout.toString()).toBe('listening\nwatching\n');
});
