import { type Mutant, mutantsOf } from '../mutant.ts';

const file = 'src/decisions/plan-hash.ts';
const tests = ['test/decisions/plan-hash.test.ts'];

/** SAFETY 9: the plan hash. */
export const planHash: readonly Mutant[] = mutantsOf('SAFETY 9', [
  {
    id: 'hash-without-installer',
    breaks: 'the hash does not cover the installer image',
    file,
    text: '  from_version,\n  installer,\n',
    replacement: "  from_version,\n  installer: installer === '' ? '' : '-',\n",
    tests,
  },
  {
    id: 'hash-without-cluster',
    breaks: 'the hash does not cover which cluster it is',
    file,
    text: 'kube_system_uid: cluster.kube_system_uid,\n      nodes: sortedBy(cluster.nodes,',
    replacement: "kube_system_uid: cluster.kube_system_uid === '' ? '' : '-',\n      nodes: sortedBy(cluster.nodes,",
    tests,
  },
  {
    id: 'hash-without-override',
    breaks: 'the hash does not cover an accepted API outage',
    file,
    text: 'overrides: { accept_api_outage },',
    replacement: 'overrides: { accept_api_outage: accept_api_outage && false },',
    tests,
  },
  {
    id: 'start-twice',
    breaks: 'starting a plan again acts again',
    file: 'src/operations/engines/local.ts',
    text: 'if (journal.state.sequence > 0) return;',
    replacement: 'if (journal.state.sequence > 1e6) return;',
    tests: ['test/operations/engines/local.test.ts'],
    title: 'SAFETY 9',
  },
  {
    id: 'drift-ignored',
    breaks: 'a cluster that is not the planned one any more is upgraded',
    file: 'src/decisions/upgrade-turn/open.ts',
    text: 'preflight.drift.length > 0',
    replacement: 'preflight.drift.length > 999',
    tests: ['test/decisions/upgrade-turn/gates.test.ts'],
  },
  {
    id: 'drift-of-machines-unseen',
    breaks: 'another machine under a planned name is no drift',
    file: 'src/decisions/plan-drift.ts',
    text: 'now.systemUuid.toLowerCase() === node.system_uuid.toLowerCase()',
    replacement: 'now.name === node.name',
    tests: ['test/decisions/plan-drift.test.ts'],
  },
]);
