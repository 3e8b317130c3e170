import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkAuditTrail } from '../../src/commands/doctor/audit.ts';
import { operationId } from '../../src/decisions/plan-hash.ts';
import { hashOfLine } from '../../src/division/audit-chain.ts';
import { openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { JournalledState } from '../../src/operations/journalled-state.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { runTurns } from '../decisions/upgrade-turn/run-turns.ts';
import { clock, collectingLog, temporaryFolder } from '../division/fixtures/records.ts';

const world = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1'], new Map());
const plan = world.plan();
const { entries } = runTurns(plan, world);
const ID = operationId(plan.plan_hash);

let directory: string;
let path: string;

/** A whole upgrade as its executor told it. */
beforeEach(async () => {
  directory = await temporaryFolder();
  path = join(directory, 'logs', 'operations.log');
  const log = collectingLog();
  const division = await openDivisionWriter(directory, { clock, log });
  await division.savePlan(plan);
  const state = await JournalledState.open(plan, ID, { division, clock, log });
  for (const { sequence: _sequence, at: _at, ...body } of entries) await state.record(body);
  await division.release();
});

const check = async () => checkAuditTrail(await openDivision(directory, { clock, log: collectingLog() }));
const linesOf = async (): Promise<string[]> => (await readFile(path, 'utf8')).trimEnd().split('\n');
const write = (lines: readonly string[]): Promise<void> => writeFile(path, `${lines.join('\n')}\n`);

/** Restart of the executor: journals are opened, what the log lacks is told. */
async function restart(): Promise<void> {
  const log = collectingLog();
  const division = await openDivisionWriter(directory, { clock, log });
  await JournalledState.open(plan, ID, { division, clock, log });
  await division.release();
}

describe('doctor on the audit trail', () => {
  it('finds a whole chain whole, and counts it', async () => {
    const lines = await linesOf();
    expect(await check()).toEqual({ subject: `audit trail ${path}: ${lines.length} lines in one chain` });
  });

  it('every line says who asked and which plan; from the approval on, who approved and by which rule', async () => {
    const values = (await linesOf()).map(line => JSON.parse(line));
    const approvedAt = values.findIndex(({ kind }) => kind === 'authorized');
    for (const [index, value] of values.entries()) {
      expect(value).toMatchObject({ operation_id: ID, plan_hash: plan.plan_hash, requested_by: expect.any(String) });
      if (approvedAt !== -1 && index >= approvedAt && 'cluster' in value) {
        expect(value).toMatchObject({ approved_by: expect.any(String), rule: expect.any(String) });
      }
    }
  });

  it('names lines of others, and is content with them', async () => {
    await appendFile(path, 'another tool was here\n');
    const { subject, problem } = await check();
    expect(problem).toBeUndefined();
    expect(subject).toMatch(/; 1 line of others \(\d+\)$/);
  });

  it.each([
    [
      'changed',
      (lines: string[]) => lines.with(4, (lines[4] ?? '').replace('"kind":"', '"kind":"x')),
      6,
      'line 5 was changed',
    ],
    ['removed', (lines: string[]) => lines.toSpliced(4, 1), 5, '1 of our lines before it are missing'],
  ])('a line that was %s is named by file and line, with a remedy', async (_what, tamper, line, says) => {
    await write(tamper(await linesOf()));
    const { problem, remedy } = await check();
    expect(problem).toContain(`${path}:${line}: `);
    expect(problem).toContain(says);
    expect(remedy).toContain('journal.jsonl');
  });

  it('the last line, which no other vouches for, is compared with the journal', async () => {
    const lines = await linesOf();
    await write(lines.with(-1, (lines.at(-1) ?? '').replace('"requested_by":"', '"requested_by":"not ')));
    const { problem } = await check();
    expect(problem).toBe(
      `${path}:${lines.length}: its requested_by is not what entry ${entries.length} of the journal of ${ID} says`,
    );
  });

  it('a forged line at the end is not in the journal', async () => {
    const lines = await linesOf();
    const last = lines.at(-1) ?? '';
    const forged = JSON.stringify({
      ...JSON.parse(last),
      prev: hashOfLine(Buffer.from(last)),
      number: lines.length + 1,
      sequence: entries.length + 1,
    });
    await write([...lines, forged]);
    expect((await check()).problem).toContain(`${path}:${lines.length + 1}: the journal of ${ID} has no such entry`);
  });

  it.each([1, 3, 1000])(
    'what a crash kept from the log (%i lines) is said, and appended at the next start',
    async count => {
      const lines = await linesOf();
      const kept = lines.slice(0, Math.max(0, lines.length - count));
      await write(kept);
      if (kept.length === 0) await truncate(path, 0);
      const { subject, problem } = await check();
      expect(problem).toBeUndefined();
      expect(subject).toContain(`${Math.min(count, lines.length)} entries to be appended`);
      await restart();
      const after = (await linesOf()).map(line => JSON.parse(line));
      expect(after.map(({ sequence }) => sequence)).toEqual(lines.map(line => JSON.parse(line).sequence));
      expect(await check()).toEqual({ subject: `audit trail ${path}: ${lines.length} lines in one chain` });
      await restart();
      expect(await linesOf(), 'once').toHaveLength(lines.length);
    },
  );

  it('killed in the middle of a line: it is ended and named, and the entry stands after it', async () => {
    const lines = await linesOf();
    const text = `${lines.join('\n')}\n`;
    await writeFile(path, text.slice(0, -40));
    await restart();
    const { subject, problem } = await check();
    expect(problem).toBeUndefined();
    expect(subject).toContain(`; 1 line of others (${lines.length})`);
    const after = (await linesOf()).slice(lines.length).map(line => JSON.parse(line));
    expect(after).toMatchObject([{ kind: 'log_tail_torn' }, { sequence: entries.length, operation_id: ID }]);
  });

  it('without a log there is nothing to find', async () => {
    const empty = await openDivision(await temporaryFolder(), { clock, log: collectingLog() });
    expect((await checkAuditTrail(empty)).problem).toBeUndefined();
  });
});
