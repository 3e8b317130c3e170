import { type Mutant, mutantsOf } from '../mutant.ts';

/** SAFETY 8: cancel and failure leave no trap. */
export const noTrap: readonly Mutant[] = mutantsOf('SAFETY 8', [
  {
    id: 'touched-node-uncordoned',
    breaks: 'a failed node that was touched loses its cordon',
    file: 'src/decisions/upgrade-turn/stage.ts',
    text: 'return progress.cordon !== undefined && !isTouched(progress);',
    replacement: 'return progress.cordon !== undefined;',
    tests: ['test/decisions/upgrade-turn/doubt.test.ts'],
  },
  {
    id: 'staged-node-cancelled',
    breaks: 'cancel gives back a node that has a new system staged',
    file: 'src/decisions/upgrade-turn/install.ts',
    text: 'if (attempt && !attempt.not_started) {',
    replacement: 'if (attempt && !attempt.not_started && !turn.state.isCancelAsked) {',
    tests: ['test/decisions/upgrade-turn/doubt.test.ts'],
  },
  {
    id: 'doubt-cancelled',
    breaks: 'cancel gives back a node in doubt',
    file: 'src/decisions/upgrade-turn/stage.ts',
    text: "case 'in_doubt':\n",
    replacement:
      "case 'in_doubt':\n      if (progress.attempts.length > 0) return { kind: 'release', cluster, node, progress };\n",
    tests: ['test/decisions/upgrade-turn/doubt.test.ts'],
  },
  {
    id: 'foreign-cordon-lifted',
    breaks: 'somebody else’s cordon is lifted',
    file: 'src/kubernetes/cordon.ts',
    text: 'annotations[CORDONED_BY] !== uncordon.owner || ',
    replacement: '',
    tests: ['test/kubernetes/cordon.test.ts'],
  },
  {
    id: 'prior-cordon-lifted',
    breaks: 'a node that was unschedulable before is made schedulable',
    file: 'src/kubernetes/cordon.ts',
    text: "...(prior === 'true' ? {} : { spec: { unschedulable: null } })",
    replacement: '...{ spec: { unschedulable: null } }',
    tests: ['test/kubernetes/cordon.test.ts'],
  },
  {
    id: 'cordon-unconditional',
    breaks: 'a node is cordoned as it is now, not as it was seen',
    file: 'src/kubernetes/cordon.ts',
    text: '{ resourceVersion: cordon.resourceVersion, annotations }',
    replacement: '{ annotations }',
    tests: ['test/kubernetes/cordon.test.ts'],
  },
  {
    id: 'prior-state-forgotten',
    breaks: 'a second cordon takes our own for the prior state',
    file: 'src/decisions/operation-state/apply-effect.ts',
    text: 'cordon: node.cordon ?? { prior_unschedulable',
    replacement: 'cordon: { prior_unschedulable',
    tests: ['test/decisions/operation-state.test.ts'],
  },
]);
