import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { foldOperation } from '../../src/decisions/operation-state.ts';
import type { JournalBody, JournalEntry } from '../../src/model/journal.ts';
import type { Plan } from '../../src/model/plan.ts';
import { ModelWorld } from './upgrade-turn/model-world.ts';

const plan = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1'], new Map()).plan();
const cluster = 'production';
const node = 'worker-1';
const attempt = {
  attempt_id: 'op-1.install.x.1',
  system_uuid: 'u',
  boot_id: 'b',
  address: '10.0.0.9',
  endpoints: ['10.0.0.2'],
};
const install = { kind: 'install', cluster, node, ...attempt, image: 'i', reboots: true } as const;
const cordon = { kind: 'cordon', cluster, node, resource_version: '1', prior_unschedulable: true } as const;

const journal = (...bodies: JournalBody[]): JournalEntry[] =>
  bodies.map((body, index) => ({ ...body, sequence: index + 1, at: new Date(index * 60_000).toISOString() }));
const progress = (...bodies: JournalBody[]) => foldOperation(plan, journal(...bodies)).nodes.get(`${cluster}/${node}`);

describe('what the journal says of a node', () => {
  it('the first recorded cordon keeps the true prior state', () => {
    const again = { ...cordon, prior_unschedulable: false };
    expect(
      progress({ kind: 'intent', effect: cordon, reason: '' }, { kind: 'intent', effect: again, reason: '' })?.cordon,
    ).toMatchObject({ prior_unschedulable: true });
  });

  it('SAFETY 3: an intent without an outcome is an attempt of which it is not known whether it was sent', () => {
    expect(progress({ kind: 'intent', effect: install, reason: '' })?.attempts).toMatchObject([
      { attempt_id: attempt.attempt_id, failures: 0, not_started: false },
    ]);
    expect(progress({ kind: 'intent', effect: install, reason: '' })?.attempts[0]?.dispatched_at).toBeUndefined();
  });

  it.each([
    { result: 'ok', dispatched: true, failures: 0 },
    { result: 'unknown', dispatched: false, failures: 1 },
    { result: 'refused', dispatched: false, failures: 1 },
    { result: 'failed', dispatched: false, failures: 1 },
  ] as const)('an outcome $result', ({ result, dispatched, failures }) => {
    const known = progress(
      { kind: 'intent', effect: install, reason: '' },
      { kind: 'outcome', effect: install, result, detail: 'd' },
    )?.attempts[0];
    expect(known?.dispatched_at !== undefined).toBe(dispatched);
    expect(known?.failures).toBe(failures);
  });

  it('the same attempt intended twice is one attempt', () => {
    const twice = progress(
      { kind: 'intent', effect: install, reason: '' },
      { kind: 'intent', effect: install, reason: '' },
    );
    expect(twice?.attempts).toHaveLength(1);
  });

  it('resume takes an untouched node up anew and accepts the loss of a touched one', () => {
    const failed: JournalBody = { kind: 'observed', cluster, node, state: 'failed', reason: 'x', evidence: [] };
    const resume: JournalBody = { kind: 'control', action: 'resume', reason: 'repaired', by: 'operator' };
    expect(progress(failed, resume)).toMatchObject({ state: 'pending' });
    const touched = progress({ kind: 'intent', effect: install, reason: '' }, failed, resume);
    expect(touched).toMatchObject({ state: 'failed', failure_accepted: true });
  });
});

const bodies: fc.Arbitrary<JournalBody> = fc.oneof(
  fc.constantFrom<JournalBody[]>(
    { kind: 'started' },
    { kind: 'phase', name: 'workers' },
    { kind: 'intent', effect: cordon, reason: '' },
    { kind: 'intent', effect: install, reason: '' },
    { kind: 'outcome', effect: install, result: 'ok', detail: '' },
    { kind: 'waiting', reason: 'w', what_ends_it: 'e' },
    { kind: 'control', action: 'resume', reason: 'r', by: 'operator' },
    { kind: 'stopped', status: 'halted', code: 'C', reason: 'r', remedy: 'm', evidence: [] },
    { kind: 'finished', status: 'succeeded', summary: 's' },
    { kind: 'observed', cluster: 'gone', node: 'gone', state: 'done', reason: '', evidence: [] },
  ),
);

test.prop([fc.array(bodies, { maxLength: 30 })])(
  'a fold of all is the fold of the rest onto the fold of the start',
  list => {
    const entries = journal(...list);
    const whole = foldOperation(plan, entries);
    expect(whole.sequence).toBe(entries.length);
    expect([...whole.nodes.keys()]).toEqual([...foldOperation(plan, []).nodes.keys()]);
    expect(foldOperation(plan, entries)).toEqual(whole);
  },
);

describe('what a person says of a step’s attempt', () => {
  const step = `${cluster}/${node}/reset`;
  const planned = { ...plan, steps: [{ id: step, depends_on: [], in_any_case: false }] } as unknown as Plan;
  const how = { graceful: false, reboots: false, labels: [], quorum_is_lost: false };
  const sent: JournalBody = {
    kind: 'intent',
    effect: { kind: 'reset', cluster, node, ...attempt, ...how },
    reason: '',
    step,
  };
  const unknown: JournalBody = {
    kind: 'step',
    step,
    state: 'failed',
    reason: '',
    evidence: [],
    code: 'OUTCOME_UNKNOWN',
  };
  const said: JournalBody = { kind: 'control', action: 'resolve', reason: 'a look', by: 'coo', node: step, as: 'done' };
  const resumed: JournalBody = { kind: 'control', action: 'resume', reason: 'go on', by: 'coo' };
  const stepAfter = (...bodies: JournalBody[]) => foldOperation(planned, journal(...bodies)).steps.get(step);

  it('SAFETY 3: ends the doubt about the last one, and is kept when the step is begun anew', () => {
    const resolved = { attempt_id: attempt.attempt_id, as: 'done', reason: 'a look' };
    expect(stepAfter(sent, unknown, said)).toMatchObject({ state: 'failed', intents: 1, outcomes: 1, resolved });
    expect(stepAfter(sent, unknown, said, resumed)).toMatchObject({ state: 'pending', resolved });
  });

  it.each<[string, JournalBody[]]>([
    ['nothing was sent', [unknown, said]],
    ['it may still be on its way', [sent, said]],
    ['it failed by what is known', [sent, { ...unknown, code: 'TIMEOUT' } as JournalBody, said]],
  ])('counts for nothing while there is no doubt: %s', (_why, bodies) => {
    expect(stepAfter(...bodies)?.resolved).toBeUndefined();
  });
});
