import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDivisionWriter } from '../../src/division/directory.ts';
import { keptBody } from '../../src/division/kept-text.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { AT, clock, collectingLog, temporaryFolder } from './fixtures/records.ts';

type Step = Extract<JournalBody, { kind: 'step' }>;
const SECRET = 'hunter2-hunter2';
const said = `the webhook said password=${SECRET} and token: ${SECRET}`;
const body = (more: Partial<Step>): Step => ({
  kind: 'step',
  step: 'staging/look',
  state: 'failed',
  reason: 'x',
  evidence: [],
  ...more,
});
const kept = (more: Partial<Step>): Step => keptBody(body(more)) as Step;

describe('a step’s entry', () => {
  test('holds no secret in any of its texts, also deep in its result: in the journal, the entry, the events', async () => {
    const directory = await temporaryFolder();
    const executor = await openDivisionWriter(directory, { clock, log: collectingLog() });
    const result = {
      headline: said,
      issues: [{ message: said, password: SECRET }],
      figures: { token: SECRET, used: 3 },
    };
    const given = body({ reason: said, what_ends_it: said, remedy: said, evidence: [said], result });
    const entry = await executor.append('op-1', given, AT);
    const journal = await readFile(join(directory, 'operations', 'op-1', 'journal.jsonl'), 'utf8');
    const shown = JSON.stringify([entry, await executor.events('op-1', 0)]);
    for (const text of [journal, shown]) {
      expect(text).not.toContain(SECRET);
      expect(text).toContain('the webhook said');
    }
    expect(entry).toMatchObject({ result: { figures: { used: 3 } } });
    await executor.release();
  });

  test('is no longer than anybody reads: texts and evidence are cut, a fence that was cut is closed', () => {
    const long = `denied: <untrusted>${'no '.repeat(100_000)}</untrusted>`;
    const { reason, evidence } = kept({ reason: long, evidence: Array.from({ length: 50 }, () => long) });
    expect(reason.length).toBeLessThan(2_100);
    expect(reason.endsWith('</untrusted>')).toBe(true);
    expect(evidence).toHaveLength(20);
    expect(evidence[0]?.length).toBeLessThan(2_100);
  });

  test('keeps a result within its bound: the largest fields are left out, and named', () => {
    const field = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.integer(),
      fc.integer({ min: 0, max: 120_000 }).map(length => 'no '.repeat(length / 3)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), field, { maxKeys: 8 }), result => {
        const { left_out: leftOut, ...stays } = kept({ result }).result ?? {};
        expect(JSON.stringify(stays).length).toBeLessThan(70_000);
        const named = Array.isArray(leftOut) ? leftOut : [];
        expect(new Set([...Object.keys(stays), ...named])).toEqual(new Set(Object.keys(result)));
        if (JSON.stringify(result).length < 60_000) expect(leftOut).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test('of our own words stays as it is', () => {
    const own = body({ reason: 'six-worker-1 is drained', evidence: ['sha256 ab12'], result: { seen_empty: true } });
    expect(keptBody(own)).toEqual(own);
  });
});
