import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { firstBreak, GENESIS, hashOfLine, readLog } from '../../src/division/audit-chain.ts';
import { AuditLog } from '../../src/division/audit-log.ts';
import { diskFileSystem } from '../../src/division/file-system.ts';
import { FailingDisk } from './fixtures/failing-disk.ts';
import { type CollectingLog, collectingLog, temporaryFolder } from './fixtures/records.ts';

let path: string;
let log: CollectingLog;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'operations.log');
  log = collectingLog();
});

const open = (fs = diskFileSystem): AuditLog => new AuditLog(fs, path, { log, assertHeld: async () => undefined });
const entry = (sequence: number, more: Record<string, unknown> = {}) => ({
  timestamp: new Date(Date.UTC(2026, 10, 22, 10, sequence)).toISOString(),
  operation_id: 'op-1',
  sequence,
  kind: 'phase',
  ...more,
});
const linesOf = async (): Promise<string[]> => (await readFile(path, 'utf8')).split('\n').slice(0, -1);
const reading = async () => readLog(await readFile(path));
const broken = async () => firstBreak((await reading()).own);

async function appended(count: number): Promise<string[]> {
  const audit = open();
  for (let sequence = 1; sequence <= count; sequence += 1) await audit.append(entry(sequence));
  return linesOf();
}

describe('the chain of logs/operations.log', () => {
  it('each line names the sha256 of the one before it, the first one nothing', async () => {
    const lines = await appended(3);
    const values = lines.map(text => JSON.parse(text));
    expect(values.map(({ prev }) => prev)).toEqual([
      GENESIS,
      hashOfLine(Buffer.from(lines[0] ?? '')),
      hashOfLine(Buffer.from(lines[1] ?? '')),
    ]);
    expect(values.map(({ number, sequence }) => [number, sequence])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(await broken()).toBeUndefined();
  });

  it('goes on over a restart, and appends at once stand one after another', async () => {
    await appended(2);
    const audit = open();
    await Promise.all([3, 4, 5, 6].map(sequence => audit.append(entry(sequence))));
    expect((await reading()).own.map(({ value }) => value.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await broken()).toBeUndefined();
  });

  it('an entry that stands there is not written again: the journals may be told over and over', async () => {
    await appended(3);
    const audit = open();
    for (const sequence of [1, 2, 3, 4]) await audit.append(entry(sequence));
    await open().append(entry(4));
    await open().append({ kind: 'of no operation' });
    expect((await reading()).own.map(({ value }) => value.sequence)).toEqual([1, 2, 3, 4, undefined]);
  });

  const tampering: [string, (lines: string[]) => string[], { line: number; problem: RegExp }][] = [
    [
      'changes a line',
      lines => lines.with(2, (lines[2] ?? '').replace('phase', 'fazed')),
      { line: 4, problem: /line 3 was changed/ },
    ],
    ['removes a line', lines => lines.toSpliced(2, 1), { line: 3, problem: /^1 of our lines before it are missing/ }],
    ['removes three', lines => lines.toSpliced(1, 3), { line: 2, problem: /^3 of our lines before it are missing/ }],
    [
      'removes the first',
      lines => lines.slice(1).with(0, (lines[1] ?? '').replace(/"prev":"\w+"/, `"prev":"${GENESIS}"`)),
      { line: 1, problem: /number 2/ },
    ],
    ['swaps two', lines => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''), { line: 2, problem: /missing/ }],
    [
      'repeats one',
      lines => lines.toSpliced(2, 0, lines[1] ?? ''),
      { line: 3, problem: /continues line 1, not line 2/ },
    ],
    [
      'puts a forged one in',
      lines => lines.toSpliced(2, 0, (lines[2] ?? '').replace('op-1', 'op-2')),
      { line: 4, problem: /continues line 2, not line 3/ },
    ],
    ['makes one unrecognisable', lines => lines.with(2, 'gone'), { line: 4, problem: /1 of our lines/ }],
  ];

  it.each(tampering)('who %s is found, at the first line that shows it', async (_what, tamper, expected) => {
    await writeFile(path, `${tamper(await appended(6)).join('\n')}\n`);
    const found = await broken();
    expect(found?.line).toBe(expected.line);
    expect(found?.problem).toMatch(expected.problem);
  });
});

describe('what others and crashes leave in the log', () => {
  it('lines of others stay, are named, and do not break the chain', async () => {
    await writeFile(path, '{"from":"another tool"}\n');
    await appended(1);
    await appendFile(path, 'plain text\n\n{"prev":"short","number":1}\n');
    await open().append(entry(2));
    const { own, foreign } = await reading();
    expect(own.map(({ line }) => line)).toEqual([2, 6]);
    expect(foreign.map(({ line }) => line)).toEqual([1, 3, 4, 5]);
    expect(await broken()).toBeUndefined();
    expect(log.events).toEqual([]);
  });

  it.each(['{"prev":"0000', '{"torn":', 'x', '{"prev":"é'.slice(0, 9)])(
    'a line cut off (%s) is ended, kept, and said with its length and sha256',
    async torn => {
      await appended(2);
      await appendFile(path, torn);
      const audit = open();
      await audit.append(entry(3));
      const lines = await linesOf();
      expect(lines[2]).toBe(torn);
      expect(JSON.parse(lines[3] ?? '')).toMatchObject({
        kind: 'log_tail_torn',
        torn_bytes: Buffer.byteLength(torn),
        torn_sha256: hashOfLine(Buffer.from(torn)),
      });
      expect(await broken()).toBeUndefined();
      expect(log.events).toEqual(['division.log_tail_torn']);
    },
  );

  it('a line that lacks nothing but its newline counts', async () => {
    const lines = await appended(3);
    await writeFile(path, lines.join('\n'));
    const audit = open();
    await audit.append(entry(3));
    await audit.append(entry(4));
    expect((await reading()).own.map(({ value }) => value.sequence)).toEqual([1, 2, 3, 4]);
    expect(await broken()).toBeUndefined();
    expect(log.events).toEqual([]);
  });

  it('our line behind the remains of another writer’s is found', async () => {
    const audit = open();
    await audit.append(entry(1));
    await appendFile(path, 'no newline');
    await audit.append(entry(2));
    const { own, foreign } = await reading();
    expect(own.map(({ value }) => value.sequence)).toEqual([1, 2]);
    expect(foreign).toEqual([{ line: 2, reason: 'the remains of another line stand before ours' }]);
    expect(await broken()).toBeUndefined();
  });

  it.each([
    ['half a line', 30],
    ['nothing', 0],
  ])('a disk that takes %s and refuses: the entry stands there once in the end', async (_what, takenBytes) => {
    const disk = new FailingDisk();
    const audit = open(disk);
    await audit.append(entry(1));
    disk.failNext('write', 'ENOSPC', takenBytes);
    await expect(audit.append(entry(2))).rejects.toMatchObject({ code: 'INTERNAL' });
    await audit.append(entry(2));
    await audit.append(entry(3));
    const sequences = (await reading()).own.flatMap(({ value }) => value.sequence ?? []);
    expect(sequences).toEqual([1, 2, 3]);
    expect(await broken()).toBeUndefined();
  });
});

describe('a log that somebody rotated', () => {
  it('is gone on with: the chain, and what stands in the old file is not written again', async () => {
    await appended(3);
    await rename(path, `${path}.1`);
    const audit = open();
    for (const sequence of [1, 2, 3, 4]) await audit.append(entry(sequence));
    const { own } = await reading();
    expect(own.map(({ number, value }) => [number, value.sequence])).toEqual([[4, 4]]);
    expect(own[0]?.prev).toBe(readLog(await readFile(`${path}.1`)).own.at(-1)?.hash);
    expect(await broken()).toBeUndefined();
  });

  it('and compressed: what is older than its oldest line is taken to stand there', async () => {
    await appended(3);
    await rename(path, `${path}.1`);
    await open().append(entry(4));
    await rename(`${path}.1`, `${path}.1.gz`);
    const audit = open();
    for (const sequence of [1, 2, 3, 4, 5]) await audit.append(entry(sequence));
    expect((await reading()).own.map(({ value }) => value.sequence)).toEqual([4, 5]);
  });
});
