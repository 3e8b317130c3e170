import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationState } from '../../src/decisions/operation-state.ts';
import { decideProcedure, undoSteps } from '../../src/decisions/procedure-turn.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import type { ProcedurePlan } from '../../src/model/plan.ts';
import type { PlannedStep, StepAction, StepState } from '../../src/model/step.ts';
import { became, cancel, cordon, intent, planOf, stateAfter, step, uncordon } from './procedures.ts';

const idsOf = (decision: ReturnType<typeof decideProcedure>): string[] =>
  decision.kind === 'steps' ? decision.steps.map(({ id }) => id) : [`${decision.kind}`];

describe('the next steps of a procedure', () => {
  const plan = planOf([
    step({ id: 'cordon', does: cordon, undoneBy: uncordon }),
    step({ id: 'drain', after: ['cordon'] }),
    step({ id: 'reset', after: ['drain'], does: { does: 'reset_machine' } }),
    step({ id: 'report', after: ['reset'], inAnyCase: true, node: '' }),
  ]);

  it.each<[string, JournalBody[], string[]]>([
    ['the first', [], ['cordon']],
    ['the same while it runs or waits', [became('cordon', 'waiting', { what_ends_it: 'x' })], ['cordon']],
    ['the next once it is done', [became('cordon', 'done')], ['drain']],
    [
      'after a failure: what depends on it is left out',
      [became('cordon', 'done'), became('drain', 'failed')],
      ['skip'],
    ],
    [
      'then what was done to that target is taken back, before the report',
      [became('cordon', 'done'), became('drain', 'failed'), became('reset', 'skipped')],
      ['cordon/undo'],
    ],
    [
      'then the report, whatever happened',
      [became('cordon', 'done'), became('drain', 'failed'), became('reset', 'skipped'), became('cordon/undo', 'done')],
      ['report'],
    ],
    ['paused: nothing', [{ kind: 'control', action: 'pause', reason: 'x', by: 'operator' }], ['pause']],
    ['cancelled: what has not left traces is left out', [became('cordon', 'done'), cancel], ['skip']],
  ])('%s', (_name, bodies, expected) => {
    expect(idsOf(decideProcedure(plan, stateAfter(plan, ...bodies)))).toEqual(expected);
  });

  it('SAFETY 8: a target whose machine was touched keeps its cordon, failed or cancelled', () => {
    const touched = [became('cordon', 'done'), became('drain', 'done'), intent('reset')];
    expect(undoSteps(plan, stateAfter(plan, ...touched, became('reset', 'failed')))).toEqual([]);
    const state = stateAfter(plan, ...touched, became('reset', 'running'), cancel);
    expect(idsOf(decideProcedure(plan, state))).toEqual(['reset']);
    expect(undoSteps(plan, state)).toEqual([]);
  });

  it('SAFETY 8: a kubelet that is proved at its target is no reason to keep the node aside', () => {
    const kubelets = planOf([
      step({ id: 'cordon', does: cordon, undoneBy: uncordon }),
      step({ id: 'kubelet', after: ['cordon'], does: { does: 'upgrade_kubelet' } }),
      step({ id: 'uncordon', after: ['kubelet'], does: uncordon }),
    ]);
    const begun = [became('cordon', 'done'), intent('kubelet'), cancel];
    expect(idsOf(decideProcedure(kubelets, stateAfter(kubelets, ...begun)))).toEqual(['skip']);
    const left = [...begun, became('uncordon', 'skipped')];
    expect(undoSteps(kubelets, stateAfter(kubelets, ...left, became('kubelet', 'failed')))).toEqual([]);
    const proved = stateAfter(kubelets, ...left, became('kubelet', 'done'));
    expect(undoSteps(kubelets, proved).map(({ id }) => id)).toEqual(['cordon/undo']);
  });

  it('R213: one failure leaves the others’ results, and says so', () => {
    const three = planOf(['a', 'b', 'c'].map(node => step({ id: node, node })));
    const state = stateAfter(
      three,
      became('a', 'done', { result: { headline: 'a serves' } }),
      became('b', 'failed', { code: 'CAPACITY_SHORT', remedy: 'add a node', reason: 'no room' }),
      became('c', 'done', { result: { headline: 'c serves' } }),
    );
    expect(decideProcedure(three, state)).toMatchObject({
      kind: 'stop',
      code: 'CAPACITY_SHORT',
      reason: 'b: no room; 2 of 3 steps done: a serves; c serves',
      remedy: 'add a node',
    });
  });

  it('a failure that is told and nothing else stops nothing', () => {
    const two = planOf([step({ id: 'a', goesOn: true }), step({ id: 'b', after: ['a'] })]);
    expect(idsOf(decideProcedure(two, stateAfter(two, became('a', 'failed'))))).toEqual(['b']);
    expect(decideProcedure(two, stateAfter(two, became('a', 'failed'), became('b', 'done')))).toMatchObject({
      kind: 'finish',
      status: 'succeeded',
    });
  });

  it('R211: what does not depend on each other is looked at together', () => {
    const wide = planOf([
      step({ id: 'a', node: 'a' }),
      step({ id: 'b', node: 'b' }),
      step({ id: 'c', after: ['a', 'b'] }),
    ]);
    expect(idsOf(decideProcedure(wide, stateAfter(wide)))).toEqual(['a', 'b']);
  });

  const dag = fc
    .array(
      fc.record({
        after: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
        undoable: fc.boolean(),
        goesOn: fc.boolean(),
        inAnyCase: fc.boolean(),
        node: fc.constantFrom('a', 'b'),
        does: fc.constantFrom<StepAction>(cordon, { does: 'drain' }, { does: 'reset_machine' }),
        ends: fc.constantFrom<StepState>('done', 'done', 'failed'),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map(given => ({
      ends: new Map(given.map(({ ends }, index) => [`s${index}`, ends])),
      plan: planOf(
        given.map(({ after: before, undoable, ...rest }, index) =>
          step({
            ...rest,
            id: `s${index}`,
            after: [...new Set(before.filter(other => other < index).map(other => `s${other}`))],
            ...(undoable && { undoneBy: uncordon }),
          }),
        ),
      ),
    }));

  /** Runs it to its end: each step that is due comes to the end it is given; cancelled before the given turn. */
  function runToEnd(any: ProcedurePlan, ends: ReadonlyMap<string, StepState>, cancelAt: number | undefined) {
    const bodies: JournalBody[] = [];
    const begun: { step: PlannedStep; state: OperationState }[] = [];
    for (let turn = 0; turn < 60; turn += 1) {
      if (turn === cancelAt) bodies.push(cancel);
      const state = stateAfter(any, ...bodies);
      const decision = decideProcedure(any, state);
      if (decision.kind === 'finish' || decision.kind === 'stop') return { state, begun };
      if (decision.kind === 'skip') bodies.push(became(decision.step.id, 'skipped'));
      if (decision.kind !== 'steps') continue;
      begun.push(...decision.steps.map(each => ({ step: each, state })));
      const [first] = decision.steps;
      if (first) bodies.push(intent(first.id), became(first.id, ends.get(first.id) ?? 'done'));
    }
    throw new Error('it does not end');
  }

  const mayBegin = ({ step: { depends_on, in_any_case }, state }: { step: PlannedStep; state: OperationState }) =>
    in_any_case || depends_on.every(id => ['done', 'failed'].includes(state.steps.get(id)?.state ?? ''));

  it('ends, whatever the steps and whenever it is cancelled; nothing is begun before what it needs, nothing taken back is left', () => {
    fc.assert(
      fc.property(dag, fc.option(fc.nat({ max: 12 }), { nil: undefined }), ({ plan: any, ends }, cancelAt) => {
        const { state, begun } = runToEnd(any, ends, cancelAt);
        expect(begun.filter(each => !mayBegin(each))).toEqual([]);
        expect(undoSteps(any, state).filter(({ id }) => state.steps.get(id)?.state !== 'done')).toEqual([]);
        const open = any.steps.filter(
          ({ id }) => !['done', 'failed', 'skipped'].includes(state.steps.get(id)?.state ?? ''),
        );
        expect(open).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
