import { describe, expect, it } from 'vitest';
import { decideProcedure } from '../../src/decisions/procedure-turn.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { became, cordon, intent, planOf, stateAfter, step, uncordon } from './procedures.ts';

const resume: JournalBody = { kind: 'control', action: 'resume', reason: 'x', by: 'operator', request_id: 'r' };
const pause: JournalBody = { ...resume, action: 'pause', request_id: 'p' };
const stopped: JournalBody = {
  kind: 'stopped',
  status: 'failed',
  code: 'TIMEOUT',
  reason: 'x',
  remedy: 'x',
  evidence: [],
};
const answered = (id: string, result: 'ok' | 'failed'): JournalBody => ({
  kind: 'outcome',
  step: id,
  effect: { kind: 'uncordon', cluster: 'staging', node: 'a' },
  result,
  detail: 'x',
});

const plan = planOf([
  step({ id: 'lease' }),
  step({ id: 'cordon', after: ['lease'], does: cordon, undoneBy: uncordon }),
  step({ id: 'drain', after: ['cordon'], does: { does: 'drain' } }),
  step({ id: 'hold', after: ['drain'], does: { does: 'hold_maintenance' } }),
  step({ id: 'prove', after: ['hold'], does: { does: 'prove_node' } }),
  step({ id: 'other', node: 'b' }),
  step({ id: 'report', after: ['prove', 'other'], inAnyCase: true, node: '' }),
]);
const failedAtHold = [
  ...['lease', 'cordon', 'drain', 'other'].map(id => became(id, 'done')),
  became('hold', 'failed'),
  became('prove', 'skipped'),
];
const statesAfter = (...bodies: JournalBody[]): Record<string, string> =>
  Object.fromEntries([...stateAfter(plan, ...bodies).steps].map(([id, { state }]) => [id, state]));

describe('what a resume does again', () => {
  it('what failed and what was left out; what is done stays done', () => {
    expect(statesAfter(...failedAtHold, stopped, resume)).toEqual({
      lease: 'done',
      cordon: 'done',
      drain: 'done',
      hold: 'pending',
      prove: 'pending',
      other: 'done',
      report: 'pending',
    });
  });

  it('what was taken back too, and what was done on top of it; its report is made again, and is another one', () => {
    const undone = [
      ...failedAtHold,
      became('cordon/undo', 'running'),
      became('cordon/undo', 'done'),
      became('report', 'done'),
    ];
    const state = stateAfter(plan, ...undone, stopped, resume);
    expect(statesAfter(...undone, stopped, resume)).toEqual({
      lease: 'done',
      cordon: 'pending',
      drain: 'pending',
      hold: 'pending',
      prove: 'pending',
      other: 'done',
      report: 'pending',
    });
    expect(state.steps.get('report')).toMatchObject({ again: 1 });
    expect(decideProcedure(plan, state)).toMatchObject({ kind: 'steps', steps: [{ id: 'cordon' }] });
  });

  it('also what was only begun to be taken back', () => {
    expect(statesAfter(...failedAtHold, became('cordon/undo', 'running'), resume)).toMatchObject({
      cordon: 'pending',
      drain: 'pending',
    });
  });

  it('takes no answer from before for one of now: not the failed effect’s, nor one that came late', () => {
    const failed = [intent('cordon'), answered('cordon', 'failed'), became('cordon', 'failed'), stopped];
    expect(
      stateAfter(plan, ...failed, resume, became('cordon', 'running')).steps.get('cordon')?.last_outcome,
    ).toBeUndefined();
    const late = [...failedAtHold, became('cordon/undo', 'running'), resume, answered('cordon/undo', 'ok')];
    const again = stateAfter(plan, ...late, became('cordon/undo', 'running'));
    expect(again.steps.get('cordon/undo')?.last_outcome).toBeUndefined();
  });

  it('SAFETY 3: forgets no attempt that was dispatched once', () => {
    const reset = planOf([step({ id: 'reset', does: { does: 'reset_machine' } })]);
    const effect = {
      kind: 'reset',
      cluster: 'staging',
      node: 'a',
      attempt_id: 'op-1.reset.1',
      system_uuid: 'u',
      boot_id: 'b',
      address: '10.0.0.1',
      endpoints: [],
      graceful: false,
      reboots: false,
      labels: [],
      quorum_is_lost: false,
    } satisfies Extract<JournalBody, { kind: 'intent' }>['effect'];
    const bodies: JournalBody[] = [
      { kind: 'intent', step: 'reset', reason: 'x', effect },
      became('reset', 'failed'),
      resume,
    ];
    expect(stateAfter(reset, ...bodies).steps.get('reset')).toMatchObject({
      state: 'pending',
      attempts: [{ attempt_id: 'op-1.reset.1' }],
    });
  });
});

describe('a resume while a step waits', () => {
  const waiting = [became('lease', 'done'), became('hold', 'waiting', { what_ends_it: 'resume' })];
  it.each<[string, JournalBody[], boolean]>([
    ['is the word that it waits for', [resume], true],
    ['is only the end of a pause', [pause, resume], false],
    ['after the end of a pause is the word again', [pause, resume, { ...resume, request_id: 's' }], true],
  ])('%s', (_name, bodies, expected) => {
    const state = stateAfter(plan, ...waiting, ...bodies);
    expect(state.steps.get('hold')?.told_to_go_on ?? false).toBe(expected);
    expect(state).toMatchObject({ status: 'waiting', isPauseAsked: false });
  });
});

describe('an end', () => {
  it('stays one while the Lease is given up', () => {
    const finished: JournalBody = { kind: 'finished', status: 'succeeded', summary: 'done' };
    const effect = { kind: 'release_lease', cluster: 'staging' } as const;
    const state = stateAfter(plan, finished, { kind: 'intent', effect, reason: 'it is over' });
    expect(state.status).toBe('succeeded');
  });
});
