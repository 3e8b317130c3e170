import { type Mutant, mutantsOf } from '../mutant.ts';

/** SAFETY 1: one node, one identity. */
export const oneMachine: readonly Mutant[] = mutantsOf('SAFETY 1', [
  {
    id: 'target-is-endpoint',
    breaks: 'a node is reached through itself',
    file: 'src/decisions/upgrade-turn/turn.ts',
    text: 'configured.filter(endpoint => endpoint !== address)',
    replacement: 'configured.filter(endpoint => endpoint !== undefined || address)',
    tests: ['test/decisions/upgrade-turn/gates.test.ts'],
  },
  {
    id: 'talosctl-through-target',
    breaks: 'talosctl is given the target as its endpoint',
    file: 'src/talosctl/argv.ts',
    text: 'return others.length === 0 ? named : others;',
    replacement: 'return others.length >= 0 ? named : others;',
    tests: ['test/talosctl/argv.test.ts'],
  },
  {
    id: 'no-context',
    breaks: 'talosctl uses whichever context is current',
    file: 'src/talosctl/argv.ts',
    text: "'--context', context, '-n', node",
    replacement: "...(context === '' ? ['--context', context] : []), '-n', node",
    tests: ['test/talosctl/argv.test.ts'],
  },
  {
    id: 'one-part-agrees',
    breaks: 'a machine that agrees in one part is taken for the node',
    file: 'src/decisions/identity.ts',
    text: "Object.values(comparison).every(part => part === 'agrees')",
    replacement: "Object.values(comparison).some(part => part === 'agrees')",
    tests: ['test/decisions/identity.test.ts'],
  },
  {
    id: 'replaced-machine',
    breaks: 'a machine put in under the planned name is taken for the planned one',
    file: 'src/decisions/identity.ts',
    text: "const isPlanned = planned.name === node.name && plannedUuid === 'agrees';",
    replacement: 'const isPlanned = planned.name === node.name;',
    tests: ['test/decisions/identity.test.ts'],
  },
  {
    id: 'install-unbound',
    breaks: 'identity is not checked before an install',
    file: 'src/decisions/upgrade-turn/install.ts',
    text: 'if (refused) return refused;\n  const isStillDrained',
    replacement: 'if (refused && facts.now < 0) return refused;\n  const isStillDrained',
    tests: ['test/decisions/upgrade-turn/gates.test.ts'],
  },
  {
    id: 'reboot-unbound',
    breaks: 'identity is not checked before a reboot',
    file: 'src/decisions/upgrade-turn/install.ts',
    text: "if (refused) return refused;\n  const id = attemptId(turn.operationId, 'reboot'",
    replacement:
      "if (refused && turn.facts.now < 0) return refused;\n  const id = attemptId(turn.operationId, 'reboot'",
    tests: ['test/decisions/upgrade-turn/gates.test.ts'],
  },
  {
    id: 'admit-unbound',
    breaks: 'a suspect node is cordoned all the same',
    file: 'src/decisions/upgrade-turn/admit.ts',
    text: 'if (!bound.ok) {',
    replacement: 'if (!bound.ok && facts.now < 0) {',
    tests: ['test/decisions/upgrade-turn/gates.test.ts'],
  },
  {
    id: 'dispatch-to-anybody',
    breaks: 'the contractor sends to whichever machine answers',
    file: 'src/talosctl/dispatch.ts',
    text: '  if (differences.length > 0)\n',
    replacement: '  if (differences.length > 9)\n',
    tests: ['test/talosctl/dispatch.test.ts'],
    title: 'nothing is sent and nothing is claimed',
  },
]);
