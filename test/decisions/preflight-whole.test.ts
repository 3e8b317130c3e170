import { describe, expect, it } from 'vitest';
import { type Preflight, preflight } from '../../src/decisions/preflight.ts';
import type { ClusterReading, UpgradeInput } from '../../src/decisions/upgrade-input.ts';
import type { ClusterFacts, PodFacts } from '../../src/model/facts.ts';
import {
  aBudget,
  aCluster,
  aMachine,
  aNode,
  anUpgrade,
  aPod,
  aReading,
  offered,
  readingWith,
  readingWithNode,
  seedNodes,
} from './facts.ts';

const withPods = (pods: readonly PodFacts[], change: Partial<ClusterFacts> = {}) => readingWith({ pods, ...change });
const capable = (change: Partial<NonNullable<ClusterReading['capabilities']>>): ClusterReading =>
  aReading(seedNodes, { capabilities: { offered, keepsReceipts: true, clientVersion: 'v1.13.9', ...change } });
const lines = (findings: Preflight['blocked']): string =>
  findings.map(({ code, message }) => `${code} ${message}`).join('\n');
const judge = (reading: ClusterReading, change: Partial<UpgradeInput> = {}) => preflight(anUpgrade([reading], change));

describe('preflight', () => {
  const web = aPod('web', 'worker-1');
  const warning: { what: string; reading: ClusterReading; says: string }[] = [
    {
      what: 'a foreign cordon',
      reading: readingWithNode('worker-1', { unschedulable: true }),
      says: 'worker-1 is cordoned by somebody else: it stays cordoned',
    },
    {
      what: "another operation's cordon",
      reading: readingWithNode('worker-1', { unschedulable: true, cordonOwner: 'op-x' }),
      says: 'cordoned by operation op-x',
    },
    {
      what: 'fewer API servers known than there are',
      reading: readingWith({ servers: aCluster([aNode('cp-1')]).servers }),
      says: '1 of 3 control plane servers',
    },
    {
      what: 'a budget that allows nothing now',
      reading: withPods([web], { budgets: [aBudget('web', { disruptionsAllowed: 0, currentHealthy: 2 })] }),
      says: 'budget shop/web allows none now',
    },
    {
      what: 'an unready pod its budget protects',
      reading: withPods([{ ...web, isReady: false }], {
        budgets: [aBudget('web', { disruptionsAllowed: 0, currentHealthy: 1 })],
      }),
      says: 'unhealthyPodEvictionPolicy: AlwaysAllow',
    },
    {
      what: 'emptyDir data',
      reading: withPods([{ ...web, hasEmptyDir: true }]),
      says: '1 pods lose their emptyDir data when evicted: shop/web',
    },
    {
      what: 'a single DNS replica',
      reading: withPods([aPod('coredns', 'worker-1', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } })]),
      says: 'cluster DNS has a single replica',
    },
    { what: 'a contractor without receipts', reading: capable({ keepsReceipts: false }), says: 'keeps no receipts' },
    {
      what: 'no other worker',
      reading: aReading(['cp-1', 'cp-2', 'cp-3', 'worker-1'], {
        facts: aCluster(
          ['cp-1', 'cp-2', 'cp-3', 'worker-1'].map(name => aNode(name)),
          { pods: [web] },
        ),
      }),
      says: 'no other worker takes pods',
    },
  ];
  it.each(warning)('$what is a warning', ({ reading, says }) => {
    const { blocked, warnings } = judge(reading);
    expect(lines(blocked)).toBe('');
    expect(lines(warnings)).toContain(says);
  });

  it('a cluster that is at the target is said to need nothing, and not blocked', () => {
    const facts = aCluster(seedNodes.map(name => aNode(name, { osImage: 'Talos (v1.13.9)' })));
    const machines = seedNodes.map(name => aMachine(name, { version: 'v1.13.9' }));
    const { blocked, warnings } = judge(aReading(seedNodes, { facts, machines }));
    expect(blocked).toEqual([]);
    expect(lines(warnings)).toContain('no node is left to upgrade');
  });

  it("an operation's own lease and cordon are not against it", () => {
    const lease = { holder: 'op-1', renewedAt: 0, resourceVersion: '1' };
    const nodes = seedNodes.map(name =>
      aNode(name, name === 'worker-1' ? { unschedulable: true, cordonOwner: 'op-1' } : {}),
    );
    const reading = aReading(seedNodes, { facts: aCluster(nodes, { lease }) });
    expect(judge(reading, { holder: 'op-1' })).toEqual({ blocked: [], warnings: [] });
  });

  it('every reason of every cluster is given at once, under its cluster', () => {
    const staging = {
      ...readingWithNode('worker-2', { ready: false }),
      config: { ...aReading([]).config, name: 'staging' },
    };
    const production = aReading(seedNodes, { missingPermissions: undefined, etcd: [], capabilities: undefined });
    const { blocked } = preflight(
      anUpgrade([staging, production], { snapshotDirectory: { path: '/s', isWritable: false } }),
    );
    expect(new Set(blocked.map(finding => `${finding.cluster}: ${finding.code}`))).toEqual(
      new Set([
        ': INPUT_INVALID',
        'staging: NODE_NOT_READY',
        'production: KUBERNETES_DENIED',
        'production: QUORUM_AT_RISK',
        'production: CONTRACTOR_UNAVAILABLE',
      ]),
    );
  });

  it('no cluster at all is refused', () => {
    expect(lines(preflight(anUpgrade([])).blocked)).toContain('no cluster is named');
  });
});
