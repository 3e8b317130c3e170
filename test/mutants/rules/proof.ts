import { type Mutant, mutantsOf } from '../mutant.ts';

const file = 'src/decisions/upgrade-turn/prove.ts';
const tests = ['test/decisions/upgrade-turn/prove.test.ts'];

/** SAFETY 4: proof, by kind. */
export const proof: readonly Mutant[] = mutantsOf('SAFETY 4', [
  {
    id: 'proof-without-talos',
    breaks: 'a node is proved without Talos’ side',
    file,
    text: '[...shown, ...talosChecks(turn), ...planes]',
    replacement: '[...shown, ...talosChecks(turn).slice(9), ...planes]',
    tests,
  },
  {
    id: 'proof-in-the-same-boot',
    breaks: 'a Talos upgrade is proved in the boot it began in',
    file,
    text: '(node.bootId !== stage.attempt.boot_id || isResolvedDone)',
    replacement: '(node.bootId !== stage.attempt.boot_id || !isResolvedDone)',
    tests,
  },
  {
    id: 'proof-of-another-version',
    breaks: 'a node that Kubernetes shows at another version is proved',
    file,
    text: 'holds: node !== undefined && isSameVersion(talosVersionOfImage(node.osImage), target),',
    replacement: 'holds: node !== undefined && target !== undefined,',
    tests,
  },
  {
    id: 'proof-of-a-lost-schematic',
    breaks: 'a node that lost its schematic is proved',
    file,
    text: ': planned.installer.includes(machine.schematic),',
    replacement: ': machine.schematic.length > 0,',
    tests,
  },
  {
    id: 'proof-without-lease',
    breaks: 'a node whose Lease stands still is proved',
    file,
    text: 'facts.isWatched === true || isRecent || wasRenewed',
    replacement: 'facts.isWatched === true || isRecent || wasRenewed || facts.now > 0',
    tests: ['test/decisions/upgrade-turn/upgrade-turn.test.ts'],
    title: 'that stands still',
  },
  {
    id: 'proof-by-one-server',
    breaks: 'one API server that answers stands for all',
    file,
    text: 'facts.servers.length > 0 && silent.length === 0',
    replacement: 'facts.servers.length > silent.length',
    tests,
  },
  {
    id: 'proof-without-etcd',
    breaks: 'a control plane node is proved with etcd not whole',
    file,
    text: 'holds: etcd.isHealthy,',
    replacement: 'holds: etcd.isHealthy || facts.now > 0,',
    tests,
  },
  {
    id: 'etcd-by-one-view',
    breaks: 'etcd is judged by the members that answer',
    file: 'src/decisions/quorum.ts',
    text: '    ...unknown,\n',
    replacement: '',
    tests: ['test/decisions/quorum.test.ts'],
  },
]);
