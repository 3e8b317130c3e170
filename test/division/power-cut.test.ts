import { describe, expect, test } from 'vitest';
import { ForgetfulDisk, PowerCut } from './fixtures/forgetful-disk.ts';
import { appendLogLine, layout, logLines, type Write, writes } from './fixtures/writes.ts';

/** A small generator, so that a failure can be had again. */
function seeded(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state > 0x7fffffff;
  };
}

/** What survives that was not synced: nothing (the power), everything (the process alone died), some of it. */
const survivals: readonly (() => () => boolean)[] = [
  () => () => false,
  () => () => true,
  ...Array.from({ length: 12 }, (_, seed) => () => seeded(seed + 1)),
];

async function prepared(write: Write): Promise<ForgetfulDisk> {
  const disk = new ForgetfulDisk();
  await write.before(disk, layout);
  return disk;
}

async function reading(write: Write, disk: ForgetfulDisk): Promise<unknown> {
  return write.read(disk, layout);
}

/** True when the write was acknowledged before the power went at its `call`th call. */
async function isWritten(write: Write, disk: ForgetfulDisk, call: number): Promise<boolean> {
  disk.cutAt = disk.calls + call;
  try {
    await write.write(disk, layout);
    return true;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (!(cause instanceof PowerCut)) throw error;
    return false;
  }
}

describe('SAFETY 11: a crash at any file system call, whatever of the unsynced the disk kept', () => {
  test.each(writes)('of $name leaves the old or the new, never half, and it can be written again', async write => {
    const old = await reading(write, await prepared(write));
    const whole = await prepared(write);
    await write.write(whole, layout);
    const fresh = await reading(write, whole);
    expect(fresh).not.toEqual(old);

    let crashes = 0;
    for (const survival of survivals) {
      for (let call = 1; ; call += 1) {
        const disk = await prepared(write);
        const isAcknowledged = await isWritten(write, disk, call);
        disk.restart(survival());
        const found = await reading(write, disk);
        expect(isAcknowledged ? [fresh] : [old, fresh], `call ${call}`).toContainEqual(found);
        if (JSON.stringify(found) === JSON.stringify(old)) {
          await write.write(disk, layout);
          expect(await reading(write, disk)).toEqual(fresh);
        }
        if (isAcknowledged) break;
        crashes += 1;
      }
    }
    expect(crashes).toBeGreaterThanOrEqual(2 * survivals.length);
  });

  test('of a line of operations.log leaves at most that line torn, and the next one is whole', async () => {
    for (const survival of survivals) {
      for (let call = 1; ; call += 1) {
        const disk = new ForgetfulDisk();
        await appendLogLine(disk, layout, { line: 'old' });
        disk.restart(() => true);
        disk.cutAt = disk.calls + call;
        const isAcknowledged = await appendLogLine(disk, layout, { line: 'cut' }).then(
          () => true,
          () => false,
        );
        disk.restart(survival());
        await appendLogLine(disk, layout, { line: 'next' });
        const lines = await logLines(disk, layout);
        expect(lines.at(0)).toMatchObject({ line: 'old' });
        expect(lines.at(-1)).toMatchObject({ line: 'next' });
        expect(lines.length).toBeLessThanOrEqual(3);
        if (isAcknowledged) break;
      }
    }
  });
});
