import { describe, expect, test } from 'vitest';
import { foldOperation, type OperationState } from '../../src/decisions/operation-state.ts';
import { Journal, readJournalBytes } from '../../src/division/journal.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { runTurns } from '../decisions/upgrade-turn/run-turns.ts';
import { ForgetfulDisk } from './fixtures/forgetful-disk.ts';
import { AT } from './fixtures/records.ts';

const NEWLINE = 0x0a;
/** Reading takes as long as the journal is: the later bytes are not cut one by one. */
const EVERY_BYTE_UP_TO = 6000;
const STRIDE = 7;
const PATH = '/journal.jsonl';

/** The journal of a whole upgrade, decided by the product and written by the division. */
const world = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'], new Map());
const plan = world.plan();
const { entries } = runTurns(plan, world);
const written = await (async () => {
  const disk = new ForgetfulDisk();
  const { journal } = await Journal.open(disk, PATH);
  for (const { sequence: _sequence, at, ...body } of entries) await journal.append(body, at);
  return disk.read(PATH);
})();

/** What the operation had come to after each number of entries. */
const states: OperationState[] = entries.map((_, index) => foldOperation(plan, entries.slice(0, index)));
states.push(foldOperation(plan, entries));

/** Where the line that begins at `start` ends, its newline with it; 0 when none begins there. */
const endAfter = (start: number): number => written.indexOf(NEWLINE, start) + 1;

/** Where the entry with this number (from 1) ends, in bytes. */
const endOf = (number: number): number => (number === 0 ? 0 : endAfter(endOf(number - 1)));

async function diskWith(bytes: Buffer): Promise<ForgetfulDisk> {
  const disk = new ForgetfulDisk();
  const file = await disk.create(PATH);
  await file.write(bytes);
  await file.sync();
  return disk;
}

describe('SAFETY 11: the journal of a real upgrade', () => {
  test('is one: from queued to succeeded, with every kind of effect', () => {
    expect(states.at(-1)?.status).toBe('succeeded');
    const effects = new Set(entries.flatMap(entry => (entry.kind === 'intent' ? [entry.effect.kind] : [])));
    for (const kind of ['hold_lease', 'snapshot', 'forfeit', 'cordon', 'evict', 'install', 'uncordon'] as const) {
      expect(effects).toContain(kind);
    }
  });

  test('cut at every byte, later at every seventh, folds to what the operation was after its last whole entry, and says the torn bytes', () => {
    let whole = 0;
    let wholeBytes = 0;
    for (let length = 0; length <= written.length; length += length < EVERY_BYTE_UP_TO ? 1 : STRIDE) {
      for (let end = endAfter(wholeBytes); end !== 0 && end <= length; end = endAfter(end)) {
        whole += 1;
        wholeBytes = end;
      }
      const reading = readJournalBytes(written.subarray(0, length), PATH);
      expect([reading.entries.length, reading.wholeBytes, reading.tornBytes]).toEqual([
        whole,
        wholeBytes,
        length - wholeBytes,
      ]);
      if (wholeBytes === length) expect(foldOperation(plan, reading.entries)).toEqual(states[whole]);
    }
    expect(whole).toBeGreaterThan(entries.length - 2);
  }, 60_000);

  test('cut inside any entry is opened again with all before it, and goes on with the next', async () => {
    const ends = entries.map((_, index) => endOf(index + 1));
    for (const [index, end] of ends.entries()) {
      const start = ends[index - 1] ?? 0;
      for (const length of new Set([start, start + 1, Math.floor((start + end) / 2), end - 1])) {
        const disk = await diskWith(written.subarray(0, length));
        const { journal, reading } = await Journal.open(disk, PATH);
        expect(foldOperation(plan, reading.entries)).toEqual(states[index]);
        expect(reading.tornBytes).toBe(length - start);
        await journal.append({ kind: 'control', action: 'pause', reason: 'after the crash', by: 'operator' }, AT);
        disk.restart();
        const found = readJournalBytes(await disk.read(PATH), PATH);
        expect(found.tornBytes).toBe(0);
        expect(found.entries.slice(0, index)).toEqual(entries.slice(0, index));
        expect(found.entries.at(-1)).toMatchObject({ sequence: index + 1, reason: 'after the crash' });
      }
    }
  });
});
