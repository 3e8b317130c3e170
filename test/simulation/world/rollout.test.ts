import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { asNumber, asObject, at } from '../../../src/simulation/kubernetes-api/json.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { activePods } from '../../../src/simulation/world/controllers/replica-sets.ts';
import { resolveCount, rolloutStep } from '../../../src/simulation/world/controllers/rollout.ts';
import { isReady, replicasOf } from '../../../src/simulation/world/pods.ts';
import type { KubeObject } from '../../../src/simulation/world/store.ts';
import { pass, passUntil, SECOND, smallWorld } from './worlds.ts';

const get = (cluster: SimCluster, name: string): KubeObject => {
  const found = cluster.store.get('deployments.apps', 'shop', name);
  if (found === undefined) throw new Error(`no deployment ${name}`);
  return found;
};

function edit(
  cluster: SimCluster,
  name: string,
  change: (spec: Record<string, unknown>) => Record<string, unknown>,
): void {
  const deployment = get(cluster, name);
  cluster.store.replace('deployments.apps', { ...deployment, spec: change(asObject(deployment.spec)) });
}

const annotated = (spec: Record<string, unknown>, value: string): Record<string, unknown> => {
  const template = asObject(spec.template);
  return {
    ...spec,
    template: { ...template, metadata: { ...asObject(template.metadata), annotations: { round: value } } },
  };
};

describe('a rollout', () => {
  it.each([
    [3, 10, 'up', 3],
    ['25%', 10, 'up', 3],
    ['25%', 10, 'down', 2],
    ['0%', 10, 'up', 0],
    ['4', 10, 'up', 4],
    [undefined, 10, 'up', 0],
  ] as const)('reads %j of %d rounded %s as %d', (value, whole, round, expected) => {
    expect(resolveCount(value, whole, round)).toBe(expected);
  });

  const state = fc
    .record({
      desired: fc.nat(20),
      maxSurge: fc.nat(5),
      maxUnavailable: fc.nat(5),
      fresh: fc.nat(20),
      freshAvailable: fc.nat(20),
      old: fc.array(fc.record({ wanted: fc.nat(10), available: fc.nat(10) }), { maxLength: 3 }),
    })
    .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0);
  test.prop([state])(
    'never exceeds desired + maxSurge by its own growth, and takes down nothing available too many',
    given => {
      const fresh = { wanted: given.fresh, available: Math.min(given.fresh, given.freshAvailable) };
      const old = given.old.map(({ wanted, available }, index) => ({
        name: `o${index}`,
        wanted,
        available: Math.min(wanted, available),
      }));
      const step = rolloutStep({ ...given, fresh, old });
      const oldNow = old.reduce((sum, set) => sum + set.wanted, 0);
      expect(step.fresh + oldNow).toBeLessThanOrEqual(Math.max(given.desired + given.maxSurge, fresh.wanted + oldNow));
      const kept =
        old.reduce((sum, set) => sum + Math.min(set.available, step.old[set.name] ?? 0), 0) + fresh.available;
      const before = old.reduce((sum, set) => sum + set.available, 0) + fresh.available;
      expect(kept).toBeGreaterThanOrEqual(Math.min(before, given.desired - given.maxUnavailable));
      for (const set of old) expect(step.old[set.name]).toBeLessThanOrEqual(set.wanted);
    },
  );

  it('replaces all pods, keeps within surge and availability, and says so in the status', () => {
    const { world, cluster } = smallWorld();
    edit(cluster, 'storefront', spec => annotated(spec, 'new'));
    const desired = replicasOf(get(cluster, 'storefront'));
    const pods = (): KubeObject[] =>
      cluster.store
        .list('replicasets.apps', 'shop')
        .filter(set => set.metadata.ownerReferences?.[0]?.name === 'storefront')
        .flatMap(set => activePods(cluster, set));
    passUntil(world, () => {
      expect(pods().length).toBeLessThanOrEqual(desired + 2);
      expect(pods().filter(isReady).length).toBeGreaterThanOrEqual(desired - 2);
      const { status, metadata } = get(cluster, 'storefront');
      const counts = ['updatedReplicas', 'availableReplicas', 'replicas'].map(field => asNumber(at(status, field)));
      return at(status, 'observedGeneration') === metadata.generation && counts.every(count => count === desired);
    });
    expect(get(cluster, 'storefront').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    expect(cluster.ledger.report().pdb_violations).toBe(0);
  });

  it('undone takes its old ReplicaSet again, as a new revision', () => {
    const { world, cluster } = smallWorld();
    const before = asObject(get(cluster, 'payments').spec);
    edit(cluster, 'payments', spec => annotated(spec, 'bad'));
    pass(world, 300 * SECOND);
    edit(cluster, 'payments', () => before);
    pass(world, 300 * SECOND);
    const sets = cluster.store
      .list('replicasets.apps', 'shop')
      .filter(set => set.metadata.ownerReferences?.[0]?.name === 'payments');
    expect(sets).toHaveLength(2);
    const current = sets.find(set => replicasOf(set) > 0);
    expect(current?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('follows spec.replicas up and down', () => {
    const { world, cluster } = smallWorld();
    for (const replicas of [7, 1]) {
      edit(cluster, 'payments', spec => ({ ...spec, replicas }));
      passUntil(world, () => at(get(cluster, 'payments'), 'status', 'availableReplicas') === replicas);
      passUntil(
        world,
        () =>
          cluster.store.list('pods', 'shop').filter(pod => pod.metadata.labels?.app === 'payments').length === replicas,
      );
    }
  });
});
