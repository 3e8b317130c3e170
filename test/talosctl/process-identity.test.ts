import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { identify, isAlive, isGroupAlive, readProcessList } from '../../src/talosctl/process-identity.ts';

const started: number[] = [];

/** A leader of its own group with one child. */
async function start(script: string): Promise<{ pid: number; exited: Promise<unknown> }> {
  const child = spawn('/bin/sh', ['-c', `${script} & echo ready; wait`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  started.push(pid);
  return { pid, exited };
}

afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
});

describe.each([['linux'], ['darwin']] as const)('a process and its group, the way of %s', platform => {
  it('is known by its pid and start time, and gone when it has ended', async () => {
    const { pid, exited } = await start('sleep 600');
    const identity = await identify(pid, platform);
    expect(identity).toMatchObject({ pid });
    if (identity === undefined) return;
    expect(await isAlive(identity, platform)).toBe(true);
    expect(await isGroupAlive(identity, platform)).toBe(true);
    process.kill(-pid, 'SIGKILL');
    await exited;
    expect(await isAlive(identity, platform)).toBe(false);
    await vi.waitFor(async () => expect(await isGroupAlive(identity, platform)).toBe(false), 5000);
  });

  it('is not taken for another one under the same pid', async () => {
    const { pid } = await start('sleep 600');
    const before = { pid, started: 'another boot/1' };
    expect(await isAlive(before, platform)).toBe(false);
    expect(await isGroupAlive(before, platform)).toBe(false);
  });

  it('a group lives on in what its leader started', async () => {
    const { pid, exited } = await start('sleep 600');
    const identity = await identify(pid, platform);
    if (identity === undefined) throw new Error('the leader has ended');
    process.kill(pid, 'SIGKILL');
    await exited;
    expect(await isAlive(identity, platform)).toBe(false);
    expect(await isGroupAlive(identity, platform)).toBe(true);
  });

  it('nobody has a pid beyond all pids', async () => expect(await identify(2 ** 30, platform)).toBeUndefined());
});

it('reads the list of ps', () =>
  expect(
    readProcessList('    1     1 Ss   Sat Nov 22 14:17:01 2026\n  200   199 Z    Sat Nov 22 14:18:00 2026    \n'),
  ).toEqual(
    new Map([
      [1, { group: 1, isZombie: false, started: 'Sat Nov 22 14:17:01 2026' }],
      [200, { group: 199, isZombie: true, started: 'Sat Nov 22 14:18:00 2026' }],
    ]),
  ));
