import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type ProcessIdentity, ownIdentity as self } from '../../src/host/process-identity.ts';
import { prepareDetached } from '../../src/talosctl/detached.ts';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import type { Receipts } from '../../src/talosctl/receipts.ts';
import { bench, connection, install, machineAnswers, notAborted } from './dispatch-fixture.ts';

const AT = '2026-11-22T10:00:00.000Z';
const DEAD: ProcessIdentity = { pid: 2 ** 22 - 1, startTime: '1', hostBootId: 'another boot' };

const started = async (receipts: Receipts, starter: ProcessIdentity) =>
  await receipts.start(install('attempt-1'), AT, starter);

describe('what a receipt says after a crash at each point (SAFETY 3)', () => {
  it('nothing written: absent', async () => {
    const { receipts } = await bench({});
    expect(await receipts.read('attempt-1')).toEqual({ state: 'absent' });
  });

  it('boot claimed, no receipt: absent, and the same attempt goes through', async () => {
    const { receipts, dispatcher, settled, fake } = await bench(machineAnswers());
    await receipts.claimBoot(install('attempt-1'));
    expect(await receipts.read('attempt-1')).toEqual({ state: 'absent' });
    await dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    await settled();
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('receipt written, no process yet, starter alive: running', async () => {
    const { receipts } = await bench({});
    await started(receipts, await self());
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'running' });
  });

  it('receipt written, starter dead before it wrote the process down: never run, and is dispatched once, by one of many', async () => {
    const { receipts, dispatcher, settled, fake } = await bench(machineAnswers());
    await receipts.claimBoot(install('attempt-1'));
    await started(receipts, DEAD);
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'never-run' });
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => dispatch(dispatcher, install('attempt-1'), connection, notAborted())),
    );
    await settled();
    expect(answers.some(answer => answer.status === 'fulfilled')).toBe(true);
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'exited', exitCode: 0 });
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('process written down and gone without an exit: lost, in doubt, and never sent again', async () => {
    const { receipts, dispatcher, fake } = await bench(machineAnswers());
    await started(receipts, DEAD);
    await receipts.recordProcess('attempt-1', DEAD);
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'lost', starting: { started_at: AT } });
    const again = dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    await expect(again).rejects.toMatchObject({
      errorClass: 'precondition',
      remedy: expect.stringContaining('in doubt'),
    });
    expect(await fake.callsOf('upgrade')).toEqual([]);
  });

  it('a recycled pid is not taken for ours: lost, although somebody runs under it', async () => {
    const { receipts } = await bench({});
    await started(receipts, DEAD);
    await receipts.recordProcess('attempt-1', { ...(await self()), startTime: '1' });
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'lost' });
  });

  it.each(['', '0', 'x\n', '0\n0\n'])('a torn exit %j is none: lost', async text => {
    const { receipts } = await bench({});
    await started(receipts, DEAD);
    await receipts.recordProcess('attempt-1', DEAD);
    await writeFile(join(receipts.folder('attempt-1'), 'exited'), text);
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'lost' });
  });

  it.each(['starting.json', 'process.json'])('an unreadable %s is an error, never absent', async file => {
    const { receipts } = await bench({});
    await started(receipts, DEAD);
    await receipts.recordProcess('attempt-1', DEAD);
    await writeFile(join(receipts.folder('attempt-1'), file), '{');
    await expect(receipts.read('attempt-1')).rejects.toMatchObject({ errorClass: 'failed' });
  });

  it.each([
    ['with all its process group: lost', 'group', { state: 'lost' }],
    ['alone: exited, as a shell says it', 'alone', { state: 'exited', exitCode: 137 }],
  ] as const)('talosctl killed -9 %s', async (_, dies, expected) => {
    const { receipts, dispatcher, settled, fake } = await bench(machineAnswers({ dies }));
    await dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    await settled();
    // The kernel ends the members of a group one by one.
    await vi.waitFor(async () => expect(await receipts.read('attempt-1')).toMatchObject(expected), 5000);
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('two starters: one has it', async () => {
    const { receipts } = await bench({});
    const us = await self();
    const won = await Promise.all(Array.from({ length: 10 }, () => started(receipts, us)));
    expect(won.filter(Boolean)).toHaveLength(1);
  });
});

describe('the recorder', () => {
  const prepare = async (folder: string) => {
    await mkdir(folder);
    const argv = ['-c', 'echo "$#$0"; exit 7', '$(touch hacked)', '; touch hacked'];
    return await prepareDetached({ executable: '/bin/sh', argv, env: process.env, folder });
  };

  it('runs nothing when it is not let go', async () => {
    const folder = join((await bench({})).directory, 'run');
    const waiting = await prepare(folder);
    waiting.dismiss();
    await waiting.ended;
    await expect(readFile(join(folder, 'stdout'))).rejects.toThrow('ENOENT');
    await expect(readFile(join(folder, 'exited'))).rejects.toThrow('ENOENT');
  });

  it('passes arguments as they are and records the code', async () => {
    const folder = join((await bench({})).directory, 'run');
    const waiting = await prepare(folder);
    await waiting.letGo();
    await waiting.ended;
    expect(await readFile(join(folder, 'stdout'), 'utf8')).toBe('1$(touch hacked)\n');
    expect(await readFile(join(folder, 'exited'), 'utf8')).toBe('7\n');
    await expect(readFile(join(folder, 'hacked'))).rejects.toThrow('ENOENT');
  });

  it('without a folder nothing runs, and the receipt is put aside', async () => {
    const { directory } = await bench({});
    await rm(directory, { recursive: true });
    const run = { executable: '/bin/true', argv: [], env: {}, folder: join(directory, 'gone') };
    await expect(prepareDetached(run)).rejects.toMatchObject({ errorClass: 'failed' });
  });
});
