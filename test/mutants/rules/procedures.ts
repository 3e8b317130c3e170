import { type Mutant, mutantsOf } from '../mutant.ts';

const turn = ['test/decisions/procedure-turn.test.ts'];
const guarded = ['test/operations/procedures-guarded.test.ts'];

/** Procedures obey the same rules, step by step. */
export const procedures: readonly Mutant[] = [
  ...mutantsOf('SAFETY 3', [
    {
      id: 'absent-is-another-attempt',
      breaks: 'a step whose dispatch left no receipt dispatches another attempt',
      file: 'src/operations/steps/once-only.ts',
      text: 'return wanted.dispatch(last.attempt_id);',
      replacement: 'return wanted.dispatch(attemptId(scene, wanted, attempts.length + 1));',
      tests: ['test/operations/steps/once-only.test.ts'],
    },
    {
      id: 'unknown-is-tried-again',
      breaks: 'a step whose dispatch was never answered is taken for one that was accepted',
      file: 'src/operations/steps/once-only.ts',
      text: "if (scene.progress.last_outcome?.result === 'ok' && isAnswered(scene)) return undefined;",
      replacement: "if (scene.progress.last_outcome?.result !== 'failed') return undefined;",
      tests: ['test/operations/steps/once-only.test.ts'],
    },
    {
      id: 'resume-forgets-attempts',
      breaks: 'a resume forgets what was dispatched once',
      file: 'src/decisions/operation-state/reopened-steps.ts',
      text: '...(attempts && { attempts }), ',
      replacement: '...(attempts && {}), ',
      tests: ['test/decisions/reopened-steps.test.ts'],
    },
  ]),
  ...mutantsOf('SAFETY 6', [
    {
      id: 'step-without-lease',
      breaks: 'a step of a resumed procedure disrupts under a Lease that no record gives up',
      file: 'src/operations/step-effects.ts',
      text: 'const lease = isUnderLease(effect) ? this.#leaseToTake(effect.cluster) : undefined;',
      replacement:
        'const lease = isUnderLease(effect) && this.#signal.aborted ? this.#leaseToTake(effect.cluster) : undefined;',
      tests: ['test/operations/procedures-controlled.test.ts'],
      title: 'gives the node back, and does both again',
    },
  ]),
  ...mutantsOf('SAFETY 8', [
    {
      id: 'undo-touched',
      breaks: 'the cordon of a node whose machine was touched is taken back',
      file: 'src/decisions/procedure-turn.ts',
      text: 'isDone && broken.has(targetKey(step)) && !traced.has(targetKey(step))',
      replacement: 'isDone && broken.has(targetKey(step)) && !traced.has(step.id)',
      tests: turn,
    },
    {
      id: 'resume-keeps-taken-back',
      breaks: 'a resume takes for done what was taken back',
      file: 'src/decisions/operation-state/reopened-steps.ts',
      text: 'const reopened = new Set([...open.map(([id]) => id), ...undone]);',
      replacement: 'const reopened = new Set([...open.map(([id]) => id), ...(undone.size < 0 ? undone : [])]);',
      tests: ['test/decisions/reopened-steps.test.ts'],
    },
  ]),
  ...mutantsOf('SAFETY 9', [
    {
      id: 'procedure-drift-unseen',
      breaks: 'a procedure goes on on a cluster that is another one',
      file: 'src/operations/step-effects.ts',
      text: 'if (first === undefined) {',
      replacement: 'if (first === undefined || drift.length > 0) {',
      tests: guarded,
      title: 'SAFETY 9',
    },
    {
      id: 'changed-plan-runs',
      breaks: 'a procedure that only looks runs from a plan that was changed',
      file: 'src/operations/run-procedure.ts',
      text: 'if (planHash(this.#plan) !== this.#plan.plan_hash) {',
      replacement: 'if (planHash(this.#plan) === undefined) {',
      tests: guarded,
      title: 'SAFETY 9',
    },
  ]),
  ...mutantsOf('SAFETY 10', [
    {
      id: 'step-before-its-gate',
      breaks: 'a step is begun before what it waits for is over',
      file: 'src/decisions/procedure-turn.ts',
      text: 'return dependencies(plan, step).every(dependency => isOver(stateOf(state, dependency.id)));',
      replacement:
        'return dependencies(plan, step).some(dependency => isOver(stateOf(state, dependency.id))) || !state.isPauseAsked;',
      tests: turn,
    },
    {
      id: 'gate-need-not-hold',
      breaks: 'a gate that does not hold is only told',
      file: 'src/operations/steps/check.ts',
      text: 'return mustHold ? gated(found, subject) : told(found, subject);',
      replacement: 'return mustHold && found.issues.length > 1_000 ? gated(found, subject) : told(found, subject);',
      tests: ['test/operations/steps/check.test.ts'],
    },
    {
      id: 'another-member-leaves',
      breaks: 'the etcd member that has the address by now leaves instead of the one that was meant',
      file: 'src/operations/steps/leave-etcd.ts',
      text: 'if (own && own.memberId !== member.id)',
      replacement: 'if (own && own.memberId === undefined)',
      tests: guarded,
      title: 'leave_etcd',
    },
  ]),
  ...mutantsOf('authority', [
    {
      id: 'any-step-may',
      breaks: 'a step may do what another step of its plan is for',
      file: 'src/decisions/authority/step-rights.ts',
      text: 'if (!stepRights[action.does].effects.includes(kind))',
      replacement: 'if (stepRights[action.does].effects.length > 1_000)',
      tests: ['test/decisions/authority/step-rights.test.ts'],
    },
    {
      id: 'undo-is-nobodys',
      breaks: 'what takes a step back is nobody’s decision',
      file: 'src/decisions/authority.ts',
      text: '...kindsIn(steps).flatMap(kind => stepRights[kind].action ?? [])',
      replacement: '...steps.flatMap(({ action: { does } }) => stepRights[does].action ?? [])',
      tests: ['test/decisions/authority/step-rights.test.ts'],
    },
  ]),
  ...mutantsOf('untrusted', [
    {
      id: 'step-unredacted',
      breaks: 'what a step found is kept with its secrets',
      file: 'src/division/kept-text.ts',
      text: 'return keptStep(body);',
      replacement: 'return body.evidence.length > 1_000 ? keptStep(body) : body;',
      tests: ['test/division/kept-step.test.ts'],
    },
  ]),
];
