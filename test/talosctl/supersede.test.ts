import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownIdentity, type ProcessIdentity } from '../../src/host/process-identity.ts';
import type { Attempt } from '../../src/talosctl/attempt.ts';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import type { Receipts } from '../../src/talosctl/receipts.ts';
import { bench, connection, install, machineAnswers, notAborted } from './dispatch-fixture.ts';
import { BOOT_ID, SYSTEM_UUID } from './fixtures.ts';

const AT = '2026-11-22T10:00:00.000Z';
const DEAD: ProcessIdentity = { pid: 2 ** 22 - 1, startTime: '1', hostBootId: 'another boot' };
const OTHER = '11111111-2222-4333-8444-555555555555';

const second = install('attempt-2', { supersedes: ['attempt-1'] });
const third = install('attempt-3', { supersedes: ['attempt-2'] });

/** Leaves an attempt at a point of its life, as a crash would. */
type Plant = (receipts: Receipts, directory: string, attempt?: Attempt) => Promise<void>;

const started =
  (starter: () => Promise<ProcessIdentity>, leader?: ProcessIdentity, exit?: string): Plant =>
  async (receipts, _directory, attempt = install('attempt-1')) => {
    await receipts.claimBoot(attempt);
    await receipts.start(attempt, AT, await starter());
    if (leader !== undefined) await receipts.recordProcess(attempt.attempt_id, leader);
    if (exit !== undefined) await writeFile(join(receipts.folder(attempt.attempt_id), 'exited'), exit);
  };
const dead = () => Promise.resolve(DEAD);
const claimedOnly: Plant = (receipts, _directory, attempt = install('attempt-1')) => receipts.claimBoot(attempt);

async function holders(directory: string): Promise<string[]> {
  const names = (await readdir(join(directory, 'boots'))).filter(name => !name.endsWith('.tmp')).sort();
  return await Promise.all(names.map(async name => (await readFile(join(directory, 'boots', name), 'utf8')).trimEnd()));
}

const refusedWith = (message: RegExp) => ({ errorClass: 'precondition', message: expect.stringMatching(message) });

describe('SAFETY 3b: a second attempt in one boot takes the claim over', () => {
  it.each<[string, Plant]>([
    ['lost', started(dead, DEAD)],
    ['exited non-zero', started(dead, DEAD, '1\n')],
    ['killed', started(dead, DEAD, '137\n')],
    ['never run', started(dead)],
    ['absent after its claim', claimedOnly],
    ['absent and without a claim', async () => undefined],
  ])('from one that is %s: sent once, however often it is dispatched; the first sends no more', async (_, plant) => {
    const { receipts, dispatcher, settled, fake, directory } = await bench(machineAnswers());
    await plant(receipts, directory);
    const first = await receipts.read('attempt-1');
    expect(await dispatch(dispatcher, second, connection, notAborted())).toMatchObject({ state: 'running' });
    await settled();
    expect(await dispatch(dispatcher, second, connection, notAborted())).toMatchObject({ state: 'exited' });
    expect((await holders(directory)).at(-1)).toBe('attempt-2');
    expect(await receipts.read('attempt-2')).toMatchObject({ starting: { supersedes: ['attempt-1'] } });
    const again = dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    if (first.state === 'exited') await expect(again).resolves.toMatchObject({ state: 'exited' });
    else await expect(again).rejects.toMatchObject({ errorClass: 'precondition' });
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it.each<[string, Plant, RegExp]>([
    ['is being started', started(ownIdentity), /attempt-1, which attempt-2 is to supersede, still runs/],
    ['exited 0', started(dead, DEAD, '0\n'), /attempt-1, which attempt-2 is to supersede, exited 0/],
    [
      'does not hold the boot',
      (receipts, directory) => started(dead, DEAD)(receipts, directory, install('attempt-0')),
      /by attempt attempt-0, not by attempt-1, which attempt-2 is to supersede; nothing was sent/,
    ],
    [
      'was dispatched in another boot',
      async (receipts, directory) => {
        await claimedOnly(receipts, directory);
        await receipts.start(install('attempt-1', { boot_id: OTHER }), AT, DEAD);
      },
      /attempt-1, which attempt-2 is to supersede, was dispatched for something else/,
    ],
  ])('not from one that %s', async (_, plant, message) => {
    const { receipts, dispatcher, fake, directory } = await bench(machineAnswers());
    await plant(receipts, directory);
    const before = await holders(directory);
    await expect(dispatch(dispatcher, second, connection, notAborted())).rejects.toMatchObject(refusedWith(message));
    expect(await holders(directory)).toEqual(before);
    expect(await receipts.read('attempt-2')).toEqual({ state: 'absent' });
    expect(await fake.callsOf('upgrade')).toEqual([]);
  });

  it('not from one that talosctl still runs for', async () => {
    const { receipts, dispatcher, settled, fake, directory } = await bench(machineAnswers());
    const gate = join(directory, 'go');
    await fake.answer(machineAnswers({ until: gate, code: 1 }));
    await dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    await expect(dispatch(dispatcher, second, connection, notAborted())).rejects.toMatchObject(
      refusedWith(/still runs/),
    );
    await writeFile(gate, '');
    await settled();
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'exited', exitCode: 1 });
    expect(await dispatch(dispatcher, second, connection, notAborted())).toMatchObject({ state: 'running' });
    await settled();
    expect(await fake.callsOf('upgrade')).toHaveLength(2);
  });

  it('a dispatch of the first that stood still after its claim, or before it, starts nothing afterwards', async () => {
    const { receipts } = await bench({});
    await receipts.claimBoot(install('attempt-1'));
    await receipts.claimBoot(second);
    expect(await receipts.start(install('attempt-1'), AT, await ownIdentity())).toBe(false);
    expect(await receipts.read('attempt-1')).toEqual({ state: 'superseded', by: 'attempt-2' });
    await expect(receipts.claimBoot(install('attempt-1'))).rejects.toMatchObject(refusedWith(/by attempt attempt-2;/));
  });

  it('not without naming it, and not for another kind, machine or boot', async () => {
    const { receipts, directory } = await bench({});
    await started(dead, DEAD)(receipts, directory);
    await expect(receipts.claimBoot(install('attempt-2'))).rejects.toMatchObject(refusedWith(/by attempt attempt-1;/));
    // Other boots are other claims: free ones, which leave the first's as it was.
    await receipts.claimBoot({ ...second, kind: 'reboot', image: null });
    await receipts.claimBoot({ ...second, boot_id: OTHER });
    expect(await readFile(join(directory, 'boots', `install-${SYSTEM_UUID}-${BOOT_ID}`), 'utf8')).toBe('attempt-1\n');
    expect(await readdir(join(directory, 'boots'))).toHaveLength(3);
  });

  it('one after the other: each from the last, never from one that has given the boot up', async () => {
    const { receipts, dispatcher, settled, fake, directory } = await bench(machineAnswers({ code: 1 }));
    await started(dead, DEAD)(receipts, directory);
    await expect(receipts.claimBoot(third)).rejects.toMatchObject(refusedWith(/not by attempt-2/));
    for (const attempt of [second, third]) {
      await dispatch(dispatcher, attempt, connection, notAborted());
      await settled();
    }
    const late = dispatch(dispatcher, install('attempt-4', { supersedes: ['attempt-1'] }), connection, notAborted());
    await expect(late).rejects.toMatchObject(refusedWith(/by attempt attempt-3, not by attempt-1/));
    expect(await holders(directory)).toEqual(['attempt-1', 'attempt-2', 'attempt-3']);
    expect(await fake.callsOf('upgrade')).toHaveLength(2);
  });

  it.each([
    ['itself', 'attempt-2'],
    ['no attempt id', '../x'],
  ])('naming %s is an invalid argument', async (_, supersedes) => {
    const { dispatcher, fake } = await bench(machineAnswers());
    const answer = dispatch(dispatcher, install('attempt-2', { supersedes: [supersedes] }), connection, notAborted());
    await expect(answer).rejects.toMatchObject({ errorClass: 'invalid_argument' });
    expect(await fake.calls()).toEqual([]);
  });

  it('when the first’s receipt has lost its beginning, nobody gets the boot', async () => {
    const { receipts, directory } = await bench({});
    await claimedOnly(receipts, directory);
    await mkdir(join(directory, 'attempts', 'attempt-1'), { recursive: true });
    await writeFile(join(directory, 'attempts', 'attempt-1', 'note'), '');
    await expect(receipts.claimBoot(second)).rejects.toMatchObject({ errorClass: 'failed' });
    expect(await holders(directory)).toEqual(['attempt-1']);
  });

  it('an unreadable receipt is an error, never a reason to go on', async () => {
    const { receipts, directory } = await bench({});
    await started(dead, DEAD)(receipts, directory);
    await writeFile(join(receipts.folder('attempt-1'), 'starting.json'), '{');
    await expect(receipts.claimBoot(second)).rejects.toMatchObject({ errorClass: 'failed' });
    expect(await holders(directory)).toEqual(['attempt-1']);
  });
});
