import { describe, expect, it } from 'vitest';
import { type Preflight, preflight } from '../../src/decisions/preflight.ts';
import type { ClusterReading, UpgradeInput } from '../../src/decisions/upgrade-input.ts';
import type { ClusterFacts, PodFacts, ServerFacts } from '../../src/model/facts.ts';
import {
  aBudget,
  aCluster,
  aMachine,
  aNode,
  anAction,
  anUpgrade,
  aPod,
  aReading,
  etcdViews,
  offered,
  readingWith,
  readingWithNode,
  seedNodes,
} from './facts.ts';

const withServer = (change: Partial<ServerFacts>): ClusterReading => {
  const servers = aCluster(seedNodes.map(name => aNode(name))).servers;
  return readingWith({ servers: servers.map((server, index) => (index === 0 ? { ...server, ...change } : server)) });
};
const withPods = (pods: readonly PodFacts[], change: Partial<ClusterFacts> = {}) => readingWith({ pods, ...change });
const capable = (change: Partial<NonNullable<ClusterReading['capabilities']>>): ClusterReading =>
  aReading(seedNodes, { capabilities: { offered, keepsReceipts: true, clientVersion: 'v1.13.9', ...change } });
const lines = (findings: Preflight['blocked']): string =>
  findings.map(({ code, message }) => `${code} ${message}`).join('\n');
const judge = (reading: ClusterReading, change: Partial<UpgradeInput> = {}) => preflight(anUpgrade([reading], change));

describe('preflight', () => {
  it('has nothing against a healthy cluster', () => {
    expect(judge(aReading(seedNodes))).toEqual({ blocked: [], warnings: [] });
  });

  const bare = aPod('bare', 'worker-1', { controller: undefined });
  const web = aPod('web', 'worker-1');
  const blocking: { what: string; reading: ClusterReading; says: string; change?: Partial<UpgradeInput> }[] = [
    {
      what: 'a node that is not Ready',
      reading: readingWithNode('worker-2', { ready: false }),
      says: 'NODE_NOT_READY worker-2 is not Ready',
    },
    {
      what: 'a node of unknown readiness',
      reading: readingWithNode('cp-1', { ready: 'unknown' }),
      says: 'NODE_NOT_READY cp-1 is of unknown readiness',
    },
    { what: 'a cluster without nodes', reading: aReading([]), says: 'NODE_NOT_READY the cluster shows no node' },
    {
      what: 'a cluster that can not be read',
      reading: aReading([], { facts: undefined }),
      says: 'KUBERNETES_UNAVAILABLE production could not be read',
    },
    {
      what: 'mode observe',
      reading: aReading(seedNodes, { config: { ...aReading([]).config, mode: 'observe' } }),
      says: 'AUTHORITY_REFUSED production is in mode observe',
    },
    {
      what: 'an API server that is down',
      reading: withServer({ reachable: false, error: 'refused' }),
      says: 'does not answer (refused)',
    },
    { what: 'an API server without etcd', reading: withServer({ etcdReady: false }), says: '/readyz/etcd is failing' },
    {
      what: 'an API server that says nothing of etcd',
      reading: withServer({ etcdReady: 'unknown' }),
      says: '/readyz/etcd is unknown',
    },
    {
      what: 'an API server of unknown version',
      reading: withServer({ version: undefined }),
      says: 'does not say its version',
    },
    { what: 'no API server asked', reading: readingWith({ servers: [] }), says: 'no API server was asked' },
    {
      what: 'missing rights',
      reading: aReading(seedNodes, { missingPermissions: ['create pods/eviction'] }),
      says: 'KUBERNETES_DENIED the Kubernetes credential may not: create pods/eviction',
    },
    {
      what: 'unknown rights',
      reading: aReading(seedNodes, { missingPermissions: undefined }),
      says: 'could not be asked',
    },
    {
      what: 'a machine that is not the node',
      reading: aReading(seedNodes, {
        machines: seedNodes.map(name => aMachine(name, name === 'cp-2' ? { systemUuid: 'x' } : {})),
      }),
      says: 'CONTRACTOR_SUSPECT cp-2',
    },
    { what: 'no machine answering', reading: aReading(seedNodes, { machines: [] }), says: 'CONTRACTOR_SUSPECT cp-1' },
    {
      what: 'an etcd alarm',
      reading: aReading(seedNodes, {
        etcd: etcdViews(['cp-1', 'cp-2', 'cp-3']).map(view => ({
          ...view,
          alarms: [{ memberId: 'x', alarm: 'NOSPACE' }],
        })),
      }),
      says: 'QUORUM_AT_RISK etcd has an alarm',
    },
    {
      what: 'unknown etcd',
      reading: aReading(seedNodes, { etcd: [] }),
      says: 'QUORUM_AT_RISK etcd on cp-1 is not known',
    },
    {
      what: 'two control plane nodes',
      reading: aReading(['cp-1', 'cp-2', 'worker-1']),
      says: 'QUORUM_AT_RISK etcd has two members',
    },
    {
      what: 'a single control plane without acceptance',
      reading: aReading(['cp-1', 'worker-1']),
      says: 'QUORUM_AT_RISK cp-1 is the only control plane node',
    },
    {
      what: 'a Kubernetes the target does not run',
      reading: withServer({ version: 'v1.30.1' }),
      says: 'VERSION_SKEW Talos 1.13 runs Kubernetes 1.31 to 1.36',
    },
    {
      what: 'a kubelet the target does not run',
      reading: readingWithNode('worker-1', { kubeletVersion: 'v1.29.0' }),
      says: 'VERSION_SKEW',
    },
    {
      what: 'a target two minors away',
      reading: aReading(seedNodes),
      change: { requested: anAction({ to_version: 'v1.14.0' }) },
      says: 'VERSION_SKEW worker-3: v1.12.11 to v1.14.0 takes 2 upgrades',
    },
    {
      what: 'a downgrade',
      reading: aReading(seedNodes),
      change: { requested: anAction({ to_version: 'v1.11.6' }) },
      says: 'is a downgrade',
    },
    {
      what: 'a malformed target',
      reading: aReading(seedNodes),
      change: { requested: anAction({ to_version: 'latest' }) },
      says: 'VERSION_SKEW',
    },
    {
      what: 'a talosctl too old',
      reading: capable({ clientVersion: 'v1.11.0' }),
      says: 'VERSION_SKEW talosctl v1.11.0',
    },
    {
      what: 'a talosctl of unknown version',
      reading: capable({ clientVersion: undefined }),
      says: "VERSION_SKEW the contractor's talosctl version is not known",
    },
    {
      what: 'a contractor that does not answer',
      reading: aReading(seedNodes, { capabilities: undefined }),
      says: 'CONTRACTOR_UNAVAILABLE contractor talos',
    },
    {
      what: 'a contractor that can not install',
      reading: capable({ offered: offered.filter(name => name !== 'os.install') }),
      says: 'CAPABILITY_MISSING contractor talos does not offer os.install',
    },
    {
      what: 'a contractor without attempts',
      reading: capable({ offered: offered.filter(name => name !== 'attempt.get') }),
      says: 'does not offer attempt.get',
    },
    {
      what: 'a contractor that can not move leadership',
      reading: capable({ offered: offered.filter(name => name !== 'etcd.forfeit') }),
      says: 'does not offer etcd.forfeit',
    },
    {
      what: 'a pod nothing recreates',
      reading: withPods([bare]),
      says: 'DISRUPTION_BLOCKED shop/bare on worker-1: no controller would create it again',
    },
    {
      what: 'a budget that never allows',
      reading: withPods([web, aPod('web-2', 'worker-2')], {
        budgets: [aBudget('web', { disruptionsAllowed: 0, desiredHealthy: 3 })],
      }),
      says: 'DISRUPTION_BLOCKED shop/web on worker-1, shop/web-2 on worker-2: budget shop/web never allows',
    },
    {
      what: 'two budgets on a pod',
      reading: withPods([web], { budgets: [aBudget('one'), aBudget('two')] }),
      says: 'two budgets protect it (shop/one and shop/two)',
    },
    {
      what: 'too little room elsewhere',
      reading: withPods([aPod('huge', 'worker-1', { requests: { cpuMillis: 9000, memoryBytes: 1 } })]),
      says: 'CAPACITY_SHORT',
    },
    {
      what: 'a schematic the installer would lose',
      reading: aReading(seedNodes, {
        config: { ...aReading([]).config, installer: 'ghcr.io/siderolabs/installer:{version}' },
      }),
      says: 'would lose schematic',
    },
    {
      what: 'an unwritable snapshot folder',
      reading: aReading(seedNodes),
      change: { snapshotDirectory: { path: '/s', isWritable: false } },
      says: 'INPUT_INVALID the folder for etcd snapshots, /s, is not writable',
    },
    {
      what: 'a snapshot folder nobody checked',
      reading: aReading(seedNodes),
      change: { snapshotDirectory: { path: '/s', isWritable: undefined } },
      says: 'could not be checked',
    },
    {
      what: 'max_unavailable 2',
      reading: aReading(seedNodes),
      change: { requested: anAction({ max_unavailable: 2 }) },
      says: 'max_unavailable 2 is not supported yet',
    },
    {
      what: 'a selector that selects nothing',
      reading: aReading(seedNodes),
      change: { requested: anAction({ node_selector: 'zone=a' }) },
      says: 'NOT_FOUND zone=a selects no node',
    },
    {
      what: 'a selector that can not be read',
      reading: aReading(seedNodes),
      change: { requested: anAction({ node_selector: 'zone>a' }) },
      says: 'INPUT_INVALID "zone>a"',
    },
  ];
  it('another operation’s Lease is a warning: the operation stops at its gate, where a holder that is gone can be resolved', () => {
    const { blocked, warnings } = judge(
      readingWith({ lease: { holder: 'op-other', renewedAt: 0, resourceVersion: '1' } }),
    );
    expect(blocked).toEqual([]);
    expect(lines(warnings)).toContain('OPERATION_CONFLICT op-other holds this cluster');
  });

  it.each(blocking)('$what blocks', ({ reading, change = {}, says }) => {
    const { blocked } = judge(reading, change);
    expect(lines(blocked)).toContain(says);
    expect(blocked.every(finding => finding.remedy !== '' && finding.rule !== '')).toBe(true);
  });
});
