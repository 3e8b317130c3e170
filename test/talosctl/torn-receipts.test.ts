import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { keptProcess, ownIdentity, type ProcessIdentity } from '../../src/host/process-identity.ts';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import { type Bench, bench, connection, install, machineAnswers, notAborted } from './dispatch-fixture.ts';
import { BOOT_ID, SYSTEM_UUID } from './fixtures.ts';

const DEAD: ProcessIdentity = { pid: 2 ** 22 - 1, startTime: '1', hostBootId: 'another boot' };
const CLAIM = join('boots', `install-${SYSTEM_UUID}-${BOOT_ID}`);
const second = install('attempt-2', { supersedes: ['attempt-1'] });

let sent: Bench;

/** Receipts of one install that was sent and exited 0, whose contractor is dead. */
beforeEach(async () => {
  sent = await bench(machineAnswers());
  await dispatch(sent.dispatcher, install('attempt-1'), connection, notAborted());
  await sent.settled();
  const starting = join(sent.receipts.folder('attempt-1'), 'starting.json');
  const whole = JSON.parse(await readFile(starting, 'utf8')) as Record<string, unknown>;
  await writeFile(starting, JSON.stringify({ ...whole, starter: keptProcess(DEAD) }));
  expect(await sent.receipts.read('attempt-1')).toMatchObject({ state: 'exited', exitCode: 0 });
});

/** Leaves a file short of what was written in every way, gone or cut at a byte, and looks each time; then makes it whole again. */
async function forEachLoss(file: string, look: (loss: string) => Promise<void>): Promise<void> {
  const path = join(sent.directory, file);
  const whole = await readFile(path, 'utf8');
  await rm(path);
  await look('gone');
  for (let cut = 0; cut < whole.length; cut += 1) {
    await writeFile(path, whole.slice(0, cut));
    await look(`cut at ${cut}`);
  }
  await writeFile(path, whole);
}

const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: unknown) => (error as { errorClass?: string }).errorClass,
  );

describe('SAFETY 3: a receipt that has lost a part is in doubt, never absent, and is never sent again', () => {
  const again = () => outcome(dispatch(sent.dispatcher, install('attempt-1'), connection, notAborted()));

  it.each(['starting.json', 'process.json'])('%s', async file => {
    await forEachLoss(join('attempts', 'attempt-1', file), async loss => {
      expect(await outcome(sent.receipts.read('attempt-1')), loss).toBe('failed');
      expect(await again(), loss).toBe('failed');
      expect(await outcome(sent.receipts.claimBoot(second)), loss).toBe('failed');
    });
    expect(await sent.fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('its exit: lost, whose dispatch is refused', async () => {
    await forEachLoss(join('attempts', 'attempt-1', 'exited'), async loss => {
      expect(await sent.receipts.read('attempt-1'), loss).toMatchObject({ state: 'lost' });
      expect(await again(), loss).toBe('precondition');
    });
    expect(await sent.fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('a folder without its first file is what is left of a receipt', async () => {
    const folder = sent.receipts.folder('attempt-1');
    for (const file of ['starting.json', 'process.json', 'exited', 'stderr', 'stdout']) {
      await rm(join(folder, file));
      expect(await outcome(sent.receipts.read('attempt-1')), `without ${file}`).toBe('failed');
      expect(await again(), `without ${file}`).toBe('failed');
    }
    expect(await readdir(folder)).toEqual([]);
    expect(await sent.fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('a mark of one that was given up', async () => {
    const given = await bench(machineAnswers());
    await given.receipts.claimBoot(install('attempt-1'));
    await given.receipts.claimBoot(second);
    const mark = join(given.receipts.folder('attempt-1'), 'superseded.json');
    const whole = await readFile(mark, 'utf8');
    for (let cut = 0; cut < whole.length; cut += 1) {
      await writeFile(mark, whole.slice(0, cut));
      expect(await outcome(given.receipts.read('attempt-1')), `cut at ${cut}`).toBe('failed');
    }
  });
});

it('a claim on a boot that has lost its end gives the boot to nobody, not even to who names the attempt whose id is left', async () => {
  const path = join(sent.directory, CLAIM);
  const whole = await readFile(path, 'utf8');
  for (let cut = 0; cut < whole.length; cut += 1) {
    const left = whole.slice(0, cut);
    await writeFile(path, left);
    for (const supersedes of [[], ['attempt-1'], [left.trimEnd()]]) {
      const claim = sent.receipts.claimBoot(install('attempt-3', { supersedes }));
      expect(await outcome(claim), `cut at ${cut}`).toBe('failed');
    }
  }
});

it('a dispatch that is being made by a living contractor is running, whatever is not there yet', async () => {
  const { receipts } = await bench({});
  await receipts.start(install('attempt-1'), '2026-11-22T10:00:00.000Z', await ownIdentity());
  expect(await receipts.read('attempt-1')).toMatchObject({ state: 'running' });
});
