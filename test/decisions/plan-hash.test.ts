import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { operationId, planHash } from '../../src/decisions/plan-hash.ts';
import { type PlanDraft, planUpgrade } from '../../src/decisions/upgrade-plan.ts';
import type { PlannedCluster, PlannedNode } from '../../src/model/plan.ts';
import { aCluster, aNode, anAction, anUpgrade, aPod, aReading, etcdViews, seedNodes } from './facts.ts';

const base = planUpgrade(anUpgrade());
const first = base.clusters[0];
const copy = (): PlanDraft => structuredClone(base);
const withCluster = (change: (cluster: PlannedCluster) => void): PlanDraft => {
  const plan = copy();
  for (const cluster of plan.clusters) change(cluster);
  return plan;
};
const withNode = (change: Partial<PlannedNode>): PlanDraft =>
  withCluster(cluster => {
    cluster.nodes = cluster.nodes.map((node, index) => (index === 4 ? { ...node, ...change } : node));
  });
const asked = (change: Parameters<typeof anAction>[0]): PlanDraft => ({
  ...copy(),
  requested: { ...base.requested, ...change },
});

describe('planHash changes with everything SAFETY 9 names', () => {
  it.each<{ what: string; plan: PlanDraft }>([
    {
      what: 'the cluster (kube-system uid)',
      plan: withCluster(cluster => {
        cluster.kube_system_uid = 'another';
      }),
    },
    { what: "a node's name", plan: withNode({ name: 'renamed' }) },
    { what: "a node's system UUID", plan: withNode({ system_uuid: 'another' }) },
    { what: "a node's role", plan: withNode({ role: 'control-plane' }) },
    { what: "a node's from-version", plan: withNode({ from_version: 'v1.12.10' }) },
    { what: "a node's installer", plan: withNode({ installer: 'factory.talos.dev/metal-installer/other:v1.13.9' }) },
    {
      what: 'a node less',
      plan: withCluster(cluster => {
        cluster.nodes.pop();
      }),
    },
    { what: 'the target', plan: asked({ to_version: 'v1.13.8' }) },
    { what: 'the action', plan: asked({ action: 'talos_upgrade' }) },
    { what: 'the limit max_unavailable', plan: asked({ max_unavailable: 2 }) },
    { what: 'the limit canary', plan: asked({ canary: true }) },
    { what: 'the limit node_selector', plan: asked({ node_selector: 'zone=a' }) },
    { what: 'the gates', plan: asked({ gates: [] }) },
    { what: 'the override accept_api_outage', plan: asked({ accept_api_outage: true }) },
    {
      what: 'the wave order',
      plan: { ...copy(), clusters: [...copy().clusters, { ...(first as PlannedCluster), kube_system_uid: 'b' }] },
    },
  ])('$what', ({ plan }) => {
    expect(planHash(plan)).not.toBe(planHash(base));
  });

  it('two clusters in the other order are another plan', () => {
    const [a, b] = ['a', 'b'].map(uid => ({ kube_system_uid: uid, nodes: first?.nodes ?? [] }));
    if (!a || !b) throw new Error('two clusters are needed');
    const requested = base.requested;
    expect(planHash({ requested, clusters: [a, b] })).not.toBe(planHash({ requested, clusters: [b, a] }));
  });
});

describe('planHash changes with nothing else', () => {
  const same: { what: string; plan: PlanDraft }[] = [
    {
      what: 'pods',
      plan: planUpgrade(
        anUpgrade([
          aReading(seedNodes, {
            facts: { ...aCluster(seedNodes.map(name => aNode(name))), pods: [aPod('a', 'worker-1')] },
          }),
        ]),
      ),
    },
    {
      what: 'the etcd leader',
      plan: planUpgrade(anUpgrade([aReading(seedNodes, { etcd: etcdViews(['cp-1', 'cp-2', 'cp-3'], 'cp-1') })])),
    },
    {
      what: 'the time of the reading',
      plan: planUpgrade(
        anUpgrade([
          aReading(seedNodes, {
            facts: aCluster(
              seedNodes.map(name => aNode(name)),
              { asOf: 99_000 },
            ),
          }),
        ]),
      ),
    },
    {
      what: 'boot ids and resource versions',
      plan: planUpgrade(
        anUpgrade([
          aReading(seedNodes, { facts: aCluster(seedNodes.map(name => aNode(name, { resourceVersion: '77' }))) }),
        ]),
      ),
    },
    {
      what: 'the estimates',
      plan: {
        ...copy(),
        estimate: { minutes_expected: 1, minutes_p90: 1, minutes_lower_bound: 1, bound_by: '', tokens: 1 },
      },
    },
    { what: 'tasks and phases', plan: { ...copy(), tasks: [], phases: [] } },
    { what: 'findings', plan: { ...copy(), preflight: { blocked: [], warnings: [] } } },
    {
      what: 'skipped nodes',
      plan: withCluster(cluster => {
        cluster.skipped = [{ name: 'x', reason: 'y' }];
      }),
    },
    { what: "a node's address", plan: withNode({ address: '10.9.9.9' }) },
    {
      what: 'the letter case of a system UUID',
      plan: withNode({ system_uuid: base.clusters[0]?.nodes[4]?.system_uuid.toUpperCase() ?? '' }),
    },
    {
      what: "the cluster's name and environment",
      plan: withCluster(cluster => {
        cluster.name = 'renamed';
        cluster.environment = 'staging';
      }),
    },
  ];
  it.each(same)('$what', ({ plan }) => {
    expect(planHash(plan)).toBe(planHash(base));
  });

  it('the same version written without v', () => {
    expect(planHash(planUpgrade(anUpgrade(undefined, { requested: anAction({ to_version: '1.13.9' }) })))).toBe(
      planHash(base),
    );
  });

  law.prop([
    fc.shuffledSubarray(base.clusters[0]?.nodes ?? [], { minLength: 6 }),
    fc.shuffledSubarray(['b', 'a'], { minLength: 2 }),
  ])('the order of nodes and gates', (nodes, gates) => {
    const requested = { ...base.requested, gates };
    const shuffled = { requested, clusters: [{ kube_system_uid: 'kube-system-1', nodes }] };
    expect(planHash(shuffled)).toBe(planHash({ ...base, requested: { ...requested, gates: ['a', 'b'] } }));
  });
});

describe('operationId', () => {
  it('derives from the hash alone', () => {
    expect(planHash(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(operationId(planHash(base))).toBe(`op-${planHash(base).slice(0, 16)}`);
  });
});
