import { type Mutant, mutantsOf } from '../mutant.ts';

const tests = ['test/operations/engines/local.test.ts'];

/** SAFETY 7: the executor outlives the host. */
export const executor: readonly Mutant[] = mutantsOf('SAFETY 7', [
  {
    id: 'sigterm-admits',
    breaks: 'an executor that is asked to stop admits another node',
    file: 'src/operations/run-upgrade.ts',
    text: 'if (this.#control.isStopping() && isBetweenNodes(stage))',
    replacement: 'if (this.#control.isStopping() && this.#control.signal.aborted)',
    tests,
    title: 'SAFETY 7',
  },
  {
    id: 'sigterm-drops-the-node',
    breaks: 'an executor that is asked to stop leaves its node half done',
    file: 'src/operations/run-upgrade.ts',
    text: 'if (this.#control.isStopping() && isBetweenNodes(stage))',
    replacement: 'if (this.#control.isStopping())',
    tests,
    title: 'SAFETY 7',
  },
  {
    id: 'not-gone-on-with',
    breaks: 'the next executor does not go on with what the last one left',
    file: 'src/operations/engines/local.ts',
    text: 'if (this.#isUnfinished(journal)) this.#enqueue(journal);',
    replacement: "if (journal.state.status === 'queued') this.#enqueue(journal);",
    tests,
    title: 'SAFETY 7',
  },
  {
    id: 'dies-with-the-contractor',
    breaks: 'talosctl runs in the contractor’s own session',
    file: 'src/talosctl/detached.ts',
    text: 'detached: true',
    replacement: 'detached: false',
    tests: ['test/talos-contractor/outlive.test.ts'],
  },
]);
