import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type HeldDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { AT, type CollectingLog, clock, collectingLog, temporaryFolder } from './fixtures/records.ts';

let directory: string;
let executor: HeldDivision;
let log: CollectingLog;

beforeEach(async () => {
  directory = await temporaryFolder();
  log = collectingLog();
  executor = await openDivisionWriter(directory, { clock, log });
  onTestFinished(() => executor.release());
});

const readState = async () => JSON.parse(await readFile(join(directory, 'context', 'division-state.json'), 'utf8'));

test('R295: a context file keeps the fields that others wrote', async () => {
  await writeFile(join(directory, 'context', 'division-state.json'), '{"division":"old","gm_session_id":"gm-1"}');
  await executor.writeContext('division-state', { division: 'containers', active_tasks: [] });
  expect(await readState()).toEqual({ division: 'containers', gm_session_id: 'gm-1', active_tasks: [] });
});

test.each(['{"broken"', '[]', '"text"'])('a context file that holds %s is moved aside with the reason', async text => {
  await writeFile(join(directory, 'context', 'division-state.json'), text);
  await executor.writeContext('division-state', { division: 'containers' });
  expect(await readState()).toEqual({ division: 'containers' });
  const aside = `division-state.json.corrupt-${clock.now()}`;
  expect(await readFile(join(directory, 'context', aside), 'utf8')).toBe(text);
  expect(await readdir(join(directory, 'context'))).toContain(`${aside}.reason.txt`);
  expect(log.events).toEqual(['division.context_quarantined']);
});

test('R298: operations.log gets one JSON object a line, after what others wrote', async () => {
  const path = join(directory, 'logs', 'operations.log');
  await writeFile(path, '{"from":"another tool"}\n{"torn":');
  await Promise.all([
    executor.logOperation({ action: 'node.cordon', target: 'w1', note: 'two\nlines' }),
    executor.logOperation({ at: '2026-01-01T00:00:00Z', action: 'node.drain', target: 'w1' }),
  ]);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual(['{"from":"another tool"}', '{"torn":']);
  expect(lines.slice(2).map(line => JSON.parse(line))).toMatchObject([
    { at: AT, kind: 'log_tail_torn', torn_bytes: 8 },
    { at: AT, action: 'node.cordon', target: 'w1', note: 'two\nlines' },
    { at: '2026-01-01T00:00:00Z', action: 'node.drain', target: 'w1' },
  ]);
});

test('R296, R299: the tree is made once and existing content stays', async () => {
  const kept = join(directory, 'knowledge-base', 'cluster-patterns.jsonl');
  await writeFile(kept, '{"pattern":1}\n');
  await executor.release();
  const again = await openDivisionWriter(directory, { clock, log });
  await again.release();
  expect(await readFile(kept, 'utf8')).toBe('{"pattern":1}\n');
  expect((await readdir(directory)).sort()).toEqual(
    ['context', 'handoffs', 'knowledge-base', 'logs', 'operations', 'plans', 'reports'].sort(),
  );
  expect((await readdir(join(directory, 'handoffs'))).sort()).toEqual(['incoming', 'outgoing']);
});

test('a folder in place of the log is one clear error', async () => {
  await mkdir(join(directory, 'logs', 'operations.log'));
  await expect(executor.logOperation({ action: 'x' })).rejects.toMatchObject({
    code: 'INTERNAL',
    remedy: expect.stringContaining('operations.log'),
  });
});
