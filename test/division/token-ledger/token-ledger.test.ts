import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { FileSystem } from '../../../src/division/file-system.ts';
import { TokenLedger } from '../../../src/division/token-ledger/token-ledger.ts';
import { allotment, DAY } from '../../decisions/budget/ledger-lines.ts';
import { FailingDisk } from '../fixtures/failing-disk.ts';
import { startFixture } from '../fixtures/processes.ts';
import { type CollectingLog, collectingLog, temporaryFolder } from '../fixtures/records.ts';

const script = fileURLToPath(new URL('append-lines.ts', import.meta.url));

let directory: string;
let log: CollectingLog;
let now: number;
beforeEach(async () => {
  directory = await temporaryFolder();
  log = collectingLog();
  now = Date.parse(`${DAY}T10:00:00Z`);
});

function open(options: { fileSystem?: FileSystem; timezone?: string } = {}): TokenLedger {
  const ledger = new TokenLedger(directory, { allotment, timezone: 'UTC', now: () => now, log, ...options });
  onTestFinished(() => ledger.close());
  return ledger;
}

const files = async (day = DAY): Promise<string[]> =>
  (await readdir(join(directory, 'budget', day))).map(name => join(directory, 'budget', day, name));
const asks = { category: 'supervision', reason: 'talos_upgrade', isEmergency: false } as const;

describe('the token ledger on disk', () => {
  it('counts results by their bytes, at once for its own reader and for others', async () => {
    const ledger = open();
    ledger.count({ category: 'coordination', bytes: 350, what: 'rolling_upgrade' });
    ledger.count({ category: 'coordination', bytes: 1, what: 'rolling_upgrade', task_id: 'op-1' });
    expect((await ledger.today()).categories.coordination).toMatchObject({ estimated_tokens: 101 });
    expect((await open().today()).used_tokens).toBe(101);
    expect(await ledger.tokensOfTask('op-1')).toBe(1);
  });

  it('makes nothing until there is something to count', async () => {
    expect((await open().today()).used_tokens).toBe(0);
    expect(await readdir(directory)).toEqual([]);
  });

  it('R43: the day turns in the division’s time zone; the day before is kept', async () => {
    now = Date.parse('2026-11-22T22:59:59Z');
    const ledger = open({ timezone: 'Europe/Berlin' });
    expect(ledger.resetsAt()).toBe('2026-11-22T23:00:00.000Z');
    await ledger.report({ category: 'reporting', tokens: 700, what: 'coo' });
    now += 1000;
    expect(await ledger.today()).toMatchObject({ day: '2026-11-23', used_tokens: 0 });
    expect(await ledger.day('2026-11-22')).toMatchObject({ used_tokens: 700 });
    expect(ledger.resetsAt()).toBe('2026-11-23T23:00:00.000Z');
  });

  it('a reservation is closed in the day it was made for', async () => {
    const ledger = open();
    expect(await ledger.reserve({ ...asks, id: 'op-1', tokens: 4500 })).toMatchObject({ verdict: 'allowed' });
    now += 86_400_000;
    await ledger.settle('op-1', 1000);
    expect(await ledger.day(DAY)).toMatchObject({ used_tokens: 1000, reserved_tokens: 0 });
    expect(await ledger.today()).toMatchObject({ used_tokens: 0 });
  });

  it('R66: of two that ask at the same time only what fits is held', async () => {
    const ledger = open();
    const verdicts = await Promise.all(
      ['op-1', 'op-2', 'op-3'].map(id => ledger.reserve({ ...asks, id, tokens: 8000 })),
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['allowed', 'allowed', 'needs_coo']);
    expect((await ledger.today()).reserved_tokens).toBe(16_000);
    await ledger.refund('op-2');
    expect(await ledger.reserve({ ...asks, id: 'op-3', tokens: 8000 })).toMatchObject({ verdict: 'allowed' });
    expect((await ledger.today()).reserved_tokens).toBe(16_000);
  });

  it('an emergency stays due to be told until somebody told it', async () => {
    const ledger = open();
    await ledger.report({ category: 'emergency_reserve', tokens: 300, what: 'coo', reason: 'etcd lost quorum' });
    const [due, ...others] = await open().notificationsDue();
    expect(due).toMatchObject({
      to: 'coo',
      priority: 'critical',
      summary: expect.stringContaining('etcd lost quorum'),
    });
    expect(others).toEqual([]);
    if (due) await ledger.markNotified(due);
    expect(await open().notificationsDue()).toEqual([]);
  });
});

describe('a ledger that many processes write', () => {
  it('loses no line and mixes none: six processes of 200 lines each, longer than a page together', async () => {
    const writers = Array.from({ length: 6 }, () => startFixture(script, [directory, '200']));
    expect(await Promise.all(writers.map(({ said }) => said))).toEqual(Array(6).fill('done'));
    expect((await open().today()).categories.supervision.estimated_tokens).toBe(1200);
    expect(log.events).toEqual([]);
    expect(await files()).toHaveLength(6);
  }, 60_000);

  it('killed at any moment it keeps all that was acknowledged, and harms no other', async () => {
    const ledger = open();
    await ledger.report({ category: 'reporting', tokens: 5, what: 'coo' });
    const writer = startFixture(script, [directory, '0', 'hang']);
    expect(await writer.said).toBe('counting');
    await writer.end('SIGKILL');
    const budget = await open().today();
    expect(budget.categories.reporting.reported_tokens).toBe(5);
    expect(budget.categories.supervision.reported_tokens).toBeGreaterThan(0);
  }, 60_000);
});

describe('what stands in the ledger', () => {
  it.each([
    ['half a line', '{"entry_id":"e","at":"20', 0],
    ['half a character', Buffer.from([0x7b, 0xc3]), 0],
    ['a line that is not JSON', 'nonsense\n', 1],
    ['a line of another shape', '{"kind":"used","tokens":-5}\n', 1],
    ['a kind of a newer version', '{"entry_id":"e","at":"x","day":"2026-11-22","kind":"lent","tokens":5}\n', 1],
    ['zeros, as after a power cut', Buffer.alloc(100), 0],
  ])('counts but for %s', async (_what, text, warnings) => {
    const ledger = open();
    await ledger.report({ category: 'reporting', tokens: 5, what: 'coo' });
    const [file = ''] = await files();
    await appendFile(file, text);
    expect((await open().today()).used_tokens).toBe(5);
    expect(log.events).toEqual(Array(warnings).fill('budget.unreadable_lines'));
  });

  it('is not read through a link, nor from files that are not the ledger’s', async () => {
    const ledger = open();
    await ledger.report({ category: 'reporting', tokens: 5, what: 'coo' });
    const [file = ''] = await files();
    const elsewhere = await temporaryFolder();
    await writeFile(
      join(elsewhere, 'x.jsonl'),
      (await readFile(file, 'utf8')).replaceAll('entry_id":"', 'entry_id":"other-'),
    );
    await symlink(join(elsewhere, 'x.jsonl'), join(directory, 'budget', DAY, 'x.jsonl'));
    await writeFile(join(directory, 'budget', DAY, 'notes.txt'), 'hello\n');
    await mkdir(join(directory, 'budget', 'old'));
    expect((await open().today()).used_tokens).toBe(5);
  });
});

describe('a disk that refuses', () => {
  it.each([
    ['takes half the line', 'write', 'ENOSPC', 20],
    ['does not sync', 'sync', 'EIO', 0],
  ] as const)(
    '%s: the line is not there, the next one is, and nothing is glued',
    async (_what, call, code, takenBytes) => {
      const disk = new FailingDisk();
      const ledger = open({ fileSystem: disk });
      await ledger.report({ category: 'reporting', tokens: 5, what: 'coo' });
      disk.failNext(call, code, takenBytes);
      await expect(ledger.report({ category: 'reporting', tokens: 7, what: 'coo' })).rejects.toMatchObject({
        code: 'INTERNAL',
      });
      expect((await open().today()).used_tokens, 'refused is refused').toBe(5);
      await ledger.report({ category: 'reporting', tokens: 11, what: 'coo' });
      expect((await open().today()).used_tokens).toBe(16);
      expect(log.events).toEqual([]);
    },
  );

  it('keeps no result from going out: it is logged', async () => {
    const disk = new FailingDisk();
    const ledger = open({ fileSystem: disk });
    disk.failNext('append', 'EACCES');
    ledger.count({ category: 'reporting', bytes: 100, what: 'x' });
    await ledger.close();
    expect(log.events).toEqual(['budget.uncounted']);
  });
});
