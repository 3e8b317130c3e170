import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  identify,
  isGroupProvedDead,
  isProvedDead,
  isStopped,
  KeptProcess,
  keptProcess,
  ownIdentity,
  processOf,
  readProcessList,
} from '../../src/host/process-identity.ts';

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
  const identityOf = async (pid: number) => {
    const identity = await identify(pid, platform);
    if (identity === undefined) throw new Error('the process has ended');
    return identity;
  };

  it('is known by its pid and start time, and gone when it has ended', async () => {
    const { pid, exited } = await start('sleep 600');
    const identity = await identityOf(pid);
    expect(identity).toMatchObject({ pid, startTime: expect.any(String) });
    expect(await isProvedDead(identity, platform)).toBe(false);
    expect(await isGroupProvedDead(identity, platform)).toBe(false);
    process.kill(-pid, 'SIGKILL');
    await exited;
    expect(await isProvedDead(identity, platform)).toBe(true);
    await vi.waitFor(async () => expect(await isGroupProvedDead(identity, platform)).toBe(true), 5000);
  });

  it('is not taken for another one under the same pid', async () => {
    const { pid } = await start('sleep 600');
    const before = { ...(await identityOf(pid)), startTime: 'another' };
    expect(await isProvedDead(before, platform)).toBe(true);
    expect(await isGroupProvedDead(before, platform)).toBe(true);
  });

  it('whose start time is not known is not taken for dead, nor is its group', async () => {
    const { pid } = await start('sleep 600');
    const unknown = { pid, startTime: undefined, hostBootId: undefined };
    expect(await isProvedDead(unknown, platform)).toBe(false);
    expect(await isGroupProvedDead(unknown, platform)).toBe(false);
  });

  it('a group lives on in what its leader started', async () => {
    const { pid, exited } = await start('sleep 600');
    const identity = await identityOf(pid);
    process.kill(pid, 'SIGKILL');
    await exited;
    expect(await isProvedDead(identity, platform)).toBe(true);
    expect(await isGroupProvedDead(identity, platform)).toBe(false);
  });

  it('is stopped from a SIGSTOP until it is continued, and alive all the while', async () => {
    const { pid } = await start('sleep 600');
    const identity = await identityOf(pid);
    expect(await isStopped(identity, platform)).toBe(false);
    process.kill(pid, 'SIGSTOP');
    await expect.poll(() => isStopped(identity, platform), { timeout: 5000 }).toBe(true);
    expect(await isProvedDead(identity, platform)).toBe(false);
    expect(await isStopped({ ...identity, startTime: 'another' }, platform)).toBe(false);
    process.kill(pid, 'SIGCONT');
    await expect.poll(() => isStopped(identity, platform), { timeout: 5000 }).toBe(false);
  });

  it('nobody has a pid beyond all pids', async () => expect(await identify(2 ** 30, platform)).toBeUndefined());

  it('this process lives', async () => expect(await isProvedDead(await identityOf(process.pid), platform)).toBe(false));
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('another boot of the host is the end of a process and of its group, whoever has their pid now', async () => {
    const before = { ...(await ownIdentity()), hostBootId: 'another boot' };
    expect(await isProvedDead(before)).toBe(true);
    expect(await isGroupProvedDead(before)).toBe(true);
  });

  it('a process that ended but is not reaped is dead', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [pid] = await once(parent.stdout, 'data');
      const zombie = { pid: Number(pid), startTime: undefined, hostBootId: undefined };
      await expect.poll(() => isProvedDead(zombie), { timeout: 5000 }).toBe(true);
      expect(() => process.kill(zombie.pid, 0)).not.toThrow();
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

it.each([
  { pid: 7, startTime: '12', hostBootId: 'boot' },
  { pid: 7, startTime: undefined, hostBootId: undefined },
])('%j comes back from a file as it was', identity => {
  const kept = KeptProcess.parse(JSON.parse(JSON.stringify(keptProcess(identity))));
  expect(processOf(kept)).toEqual(identity);
});

it('reads the list of ps', () =>
  expect(
    readProcessList('    1     1 Ss   Sat Nov 22 14:17:01 2026\n  200   199 Z    Sat Nov 22 14:18:00 2026    \n'),
  ).toEqual(
    new Map([
      [1, { group: 1, isStopped: false, isZombie: false, startTime: 'Sat Nov 22 14:17:01 2026' }],
      [200, { group: 199, isStopped: false, isZombie: true, startTime: 'Sat Nov 22 14:18:00 2026' }],
    ]),
  ));
