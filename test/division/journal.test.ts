import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diskFileSystem } from '../../src/division/file-system.ts';
import { Journal, readJournal, readJournalBytes } from '../../src/division/journal.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { FailingDisk } from './fixtures/failing-disk.ts';
import { ForgetfulDisk, PowerCut } from './fixtures/forgetful-disk.ts';
import { AT, temporaryFolder } from './fixtures/records.ts';

const bodies: JournalBody[] = [
  { kind: 'queued', plan_hash: 'ab', requested_by: 'operator' },
  { kind: 'started' },
  { kind: 'waiting', reason: 'Knoten „w1“ 🚧\nzweite Zeile', what_ends_it: 'w1 is Ready' },
  { kind: 'finished', status: 'succeeded', summary: '' },
];

async function journalWith(path: string, count: number): Promise<void> {
  const { journal } = await Journal.open(diskFileSystem, path);
  for (const body of bodies.slice(0, count)) await journal.append(body, AT);
  await journal.close();
}

function kindsIn(bytes: Buffer): string[] {
  return readJournalBytes(bytes, 'journal').entries.map(entry => entry.kind);
}

describe('a journal cut by a crash', () => {
  test('SAFETY 11: cut at every byte, reopening keeps every whole entry, says the torn bytes and goes on', async () => {
    const path = join(await temporaryFolder(), 'journal.jsonl');
    await journalWith(path, bodies.length);
    const whole = await readFile(path);
    for (let length = 0; length <= whole.length; length += 1) {
      const cut = whole.subarray(0, length);
      const disk = new ForgetfulDisk();
      await (await disk.create('/journal.jsonl')).write(cut);
      const lines = cut.toString('latin1').split('\n').length - 1;
      const { journal, reading } = await Journal.open(disk, '/journal.jsonl');
      expect(reading.entries).toHaveLength(lines);
      expect(reading.wholeBytes + reading.tornBytes).toBe(length);
      const appended = await journal.append({ kind: 'started' }, AT);
      expect(appended.sequence).toBe(lines + 1);
      const kinds = kindsIn(await disk.read('/journal.jsonl'));
      expect(kinds).toEqual([...bodies.slice(0, lines).map(body => body.kind), 'started']);
    }
  });

  test.each([1, 60, 61, 150])(
    'cut at byte %i of a real file, the tail is gone from it after reopening',
    async length => {
      const path = join(await temporaryFolder(), 'journal.jsonl');
      await journalWith(path, bodies.length);
      await writeFile(path, (await readFile(path)).subarray(0, length));
      const { journal, reading } = await Journal.open(diskFileSystem, path);
      await journal.close();
      expect((await readFile(path)).length).toBe(reading.wholeBytes);
    },
  );

  test('any tail without a newline is torn, whatever its bytes', async () => {
    const whole = Buffer.from(`${JSON.stringify({ sequence: 1, at: AT, kind: 'started' })}\n`);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), tail => {
        fc.pre(!tail.includes(0x0a));
        const reading = readJournalBytes(Buffer.concat([whole, tail]), 'journal');
        expect(reading).toMatchObject({ wholeBytes: whole.length, tornBytes: tail.length });
      }),
    );
  });

  test('a last line with its newline that is no JSON is torn', () => {
    const whole = `${JSON.stringify({ sequence: 1, at: AT, kind: 'started' })}\n`;
    expect(readJournalBytes(Buffer.from(`${whole}\0\0\0\n`), 'journal')).toMatchObject({ tornBytes: 4 });
  });

  test('reading does not change the file', async () => {
    const path = join(await temporaryFolder(), 'journal.jsonl');
    await journalWith(path, 2);
    await writeFile(path, '{"torn', { flag: 'a' });
    const before = await readFile(path);
    expect((await readJournal(diskFileSystem, path)).tornBytes).toBe(6);
    expect(await readFile(path)).toEqual(before);
  });

  test('SAFETY 3: every acknowledged entry survives a power cut at any call, in order and without a gap', async () => {
    for (let cutAt = 1; ; cutAt += 1) {
      const disk = new ForgetfulDisk();
      disk.cutAt = cutAt;
      let acknowledged = 0;
      const run = async () => {
        const { journal } = await Journal.open(disk, '/journal.jsonl');
        for (const body of bodies) {
          await journal.append(body, AT);
          acknowledged += 1;
        }
      };
      const error: unknown = await run().catch((thrown: unknown) => thrown);
      disk.restart();
      const { entries } = await readJournal(disk, '/journal.jsonl');
      expect(entries.length).toBeGreaterThanOrEqual(acknowledged);
      expect(entries.map(entry => entry.kind)).toEqual(bodies.slice(0, entries.length).map(body => body.kind));
      if (error === undefined) break;
      expect(error).toHaveProperty('cause', expect.any(PowerCut));
    }
  });
});

describe('a damaged journal', () => {
  const line = (sequence: number) => JSON.stringify({ sequence, at: AT, kind: 'started' });

  test.each([
    ['a broken line in the middle', [line(1), '{"sequence":2,', line(3)], /line 2: not JSON/],
    ['the same sequence twice', [line(1), line(2), line(2)], /line 3: sequence 2 stands there twice/],
    ['a gap', [line(1), line(3)], /line 2: sequence 3 where 2 was expected/],
    ['an entry of an unknown kind', [line(1), '{"sequence":2,"at":"","kind":"teleported"}'], /line 2: .*newer version/],
    ['an empty line in the middle', [line(1), '', line(2)], /line 2: not JSON/],
  ])('with %s is RECORD_CORRUPT, naming file and line', (_title, lines, message) => {
    expect(() => readJournalBytes(Buffer.from(`${lines.join('\n')}\n`), '/operations/op-1/journal.jsonl')).toThrow(
      expect.objectContaining({
        code: 'RECORD_CORRUPT',
        message: expect.stringMatching(message),
        remedy: expect.stringContaining('/operations/op-1/journal.jsonl'),
      }),
    );
  });
});

describe('appending', () => {
  test('entries asked for at once get sequences without a gap, in order', async () => {
    const path = join(await temporaryFolder(), 'journal.jsonl');
    const { journal } = await Journal.open(diskFileSystem, path);
    const entries = await Promise.all(Array.from({ length: 50 }, () => journal.append({ kind: 'started' }, AT)));
    await journal.close();
    expect(entries.map(entry => entry.sequence)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect((await readJournal(diskFileSystem, path)).entries).toEqual(entries);
  });

  test('makes one write and one sync an entry', async () => {
    const disk = new FailingDisk();
    const { journal } = await Journal.open(disk, join(await temporaryFolder(), 'journal.jsonl'));
    disk.calls.length = 0;
    await journal.append({ kind: 'started' }, AT);
    expect(disk.calls.map(call => call.split(' ')[0])).toEqual(['write', 'sync']);
    await journal.close();
  });

  test.each([
    ['write', 'ENOSPC'],
    ['sync', 'EIO'],
  ] as const)('after a failed %s leaves no remains, and the next entry takes the same sequence', async (call, code) => {
    const disk = new FailingDisk();
    const path = join(await temporaryFolder(), 'journal.jsonl');
    const { journal } = await Journal.open(disk, path);
    await journal.append({ kind: 'started' }, AT);
    for (const truncateFailsToo of [false, true]) {
      disk.failNext(call, code, 10);
      if (truncateFailsToo) disk.failNext('truncate', code);
      await expect(
        journal.append({ kind: 'finished', status: 'succeeded', summary: 'lost' }, AT),
      ).rejects.toMatchObject({
        code: 'INTERNAL',
        remedy: expect.stringContaining(path),
      });
    }
    const next = await journal.append({ kind: 'phase', name: 'workers' }, AT);
    await journal.close();
    expect(next.sequence).toBe(2);
    expect(kindsIn(await readFile(path))).toEqual(['started', 'phase']);
  });
});
