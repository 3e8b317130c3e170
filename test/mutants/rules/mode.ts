import { type Mutant, mutantsOf } from '../mutant.ts';

/** SAFETY 2: modes. */
export const mode: readonly Mutant[] = mutantsOf('SAFETY 2', [
  {
    id: 'observe-writes-kubernetes',
    breaks: 'a cluster in mode observe is written to',
    file: 'src/kubernetes/authority-guard.ts',
    text: "if (config.mode !== 'operate') {",
    replacement: 'if (config.mode === undefined) {',
    tests: ['test/kubernetes/authority.test.ts'],
  },
  {
    id: 'observe-writes-talos',
    breaks: 'a cluster in mode observe is acted on through its contractor',
    file: 'src/contractors/contractor-actor.ts',
    text: "if (this.#config.mode !== 'operate') {",
    replacement: 'if (this.#config.mode === undefined) {',
    tests: ['test/contractors/contractor-actor.test.ts'],
  },
  {
    id: 'observe-authorized',
    breaks: 'a plan is authorized on a cluster in mode observe',
    file: 'src/decisions/authority.ts',
    text: "if (mode !== 'operate') {",
    replacement: 'if (mode === undefined) {',
    tests: ['test/decisions/authority.test.ts'],
  },
  {
    id: 'any-authorization',
    breaks: 'an effect is performed with the right to another one',
    file: 'src/operations/perform-effect.ts',
    text: '!authorization.permits(effect.kind, effect.cluster) || ',
    replacement: '',
    tests: ['test/operations/effects-authority.test.ts'],
    title: 'SAFETY 2',
  },
  {
    id: 'operate-by-default',
    breaks: 'a real cluster starts in mode operate',
    file: 'src/model/config.ts',
    text: "Mode.default('observe')",
    replacement: "Mode.default('operate')",
    tests: ['test/config/division-file.test.ts'],
  },
]);
