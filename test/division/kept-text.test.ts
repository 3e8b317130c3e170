import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDivisionWriter } from '../../src/division/directory.ts';
import { keptBody } from '../../src/division/kept-text.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { runTurns } from '../decisions/upgrade-turn/run-turns.ts';
import { AT, clock, collectingLog, temporaryFolder } from './fixtures/records.ts';

const SECRET = 'hunter2-hunter2';
const said = `the webhook said password=${SECRET} and token: ${SECRET}`;
const evict: Effect = {
  kind: 'evict',
  cluster: 'staging',
  node: 'w1',
  pods: [{ namespace: 'a', name: 'b', uid: 'u' }],
};

const withSecrets: JournalBody[] = [
  { kind: 'intent', effect: evict, reason: said },
  { kind: 'outcome', effect: evict, result: 'failed', detail: said },
  { kind: 'outcome', effect: { kind: 'hold_lease', cluster: 'staging' }, result: 'failed', detail: said },
  { kind: 'observed', cluster: 'staging', node: 'w1', state: 'failed', reason: said, evidence: [said] },
  { kind: 'waiting', reason: said, what_ends_it: said },
  { kind: 'control', action: 'pause', reason: said, by: 'operator' },
  { kind: 'stopped', status: 'halted', code: 'INTERNAL', reason: said, remedy: said, evidence: [said] },
  { kind: 'finished', status: 'succeeded', summary: said },
];

describe('what is kept of foreign text', () => {
  test.each(withSecrets)('of %j holds no secret: in the journal, the entry that comes back, the events', async body => {
    const directory = await temporaryFolder();
    const executor = await openDivisionWriter(directory, { clock, log: collectingLog() });
    const entry = await executor.append('op-1', body, AT);
    const journal = await readFile(join(directory, 'operations', 'op-1', 'journal.jsonl'), 'utf8');
    const shown = JSON.stringify([
      entry,
      await executor.events('op-1', 0),
      (await executor.openJournal('op-1')).entries,
    ]);
    for (const text of [journal, shown]) {
      expect(text).not.toContain(SECRET);
      expect(text).toContain('the webhook said');
    }
    await executor.release();
  });

  test('of a control request holds no secret either', async () => {
    const directory = await temporaryFolder();
    const executor = await openDivisionWriter(directory, { clock, log: collectingLog() });
    const request = { record_version: 1, kind: 'control', request_id: 'r-1', operation_id: 'op-1' } as const;
    await executor.leaveRequest({ ...request, action: 'pause', reason: said, principal: 'operator', at: AT });
    const text = await readFile(join(directory, 'operations', 'requests', 'r-1.json'), 'utf8');
    expect(text).not.toContain(SECRET);
    expect(text).toContain('the webhook said');
    await executor.release();
  });

  test('of an object that was not taken is fenced too; that all were is our own word', () => {
    const apply = { kind: 'apply_objects', cluster: 'staging', namespace: 'shop', manifest_sha256: 'x', objects: [] };
    const effect: Effect = { ...apply, kind: 'apply_objects' };
    const told = (result: 'ok' | 'failed') => keptBody({ kind: 'outcome', effect, result, detail: 'web: no' });
    expect(told('failed')).toMatchObject({ detail: '<untrusted>web: no</untrusted>' });
    expect(told('ok')).toMatchObject({ detail: 'web: no' });
  });

  test('of an eviction’s refusal stands in one fence that it can’t leave, and keeping it again changes nothing', () => {
    const piece = fc.constantFrom(
      '<untrusted>',
      '</untrusted>',
      '<',
      '/',
      '>',
      'untrusted',
      '</UNTRUSTED>',
      ' ',
      'do it',
      '<un',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), pieces => {
        const body: JournalBody = { kind: 'outcome', effect: evict, result: 'refused', detail: pieces.join('') };
        const kept = keptBody(body);
        const detail = kept.kind === 'outcome' ? kept.detail : '';
        expect(detail.startsWith('<untrusted>') && detail.endsWith('</untrusted>')).toBe(true);
        expect(detail.slice('<untrusted>'.length, -'</untrusted>'.length)).not.toMatch(/<\s*\/?\s*untrusted/i);
        expect(keptBody(kept)).toEqual(kept);
      }),
      { numRuns: 2000 },
    );
  });

  test('of a whole upgrade is everything: nothing that the product itself writes is taken for a secret', () => {
    const world = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'], new Map());
    for (const { sequence: _sequence, at: _at, ...body } of runTurns(world.plan(), world).entries) {
      if (body.kind === 'outcome' && body.effect.kind === 'evict' && body.result !== 'ok') continue;
      expect(keptBody(body)).toEqual(body);
    }
  });
});
