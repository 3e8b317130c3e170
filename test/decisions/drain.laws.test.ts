import { fc, test as law } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type DrainInput, drainNode } from '../../src/decisions/drain.ts';
import { matchesLabels } from '../../src/decisions/selector.ts';
import type { BudgetFacts, PodFacts } from '../../src/model/facts.ts';
import { aBudget, aPod } from './facts.ts';

const apps = ['web', 'db', 'queue'] as const;
const phases = ['Running', 'Running', 'Running', 'Pending', 'Succeeded', 'Failed', 'Unknown'];

const anyPod = (index: number): fc.Arbitrary<PodFacts> =>
  fc
    .record({
      app: fc.constantFrom(...apps),
      node: fc.constantFrom('n1', 'n1', 'n2'),
      phase: fc.constantFrom(...phases),
      isReady: fc.boolean(),
      isMirror: fc.nat(9).map(value => value === 0),
      isTerminating: fc.nat(4).map(value => value === 0),
      owner: fc.constantFrom('ReplicaSet', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'none'),
      toleratesCordon: fc.boolean(),
    })
    .map(({ app, node, isTerminating, owner, ...rest }) =>
      aPod(`pod-${index}`, node, {
        ...rest,
        labels: { app },
        terminatingSince: isTerminating ? 1 : undefined,
        controller: owner === 'none' ? undefined : { kind: owner, name: app, uid: `uid-${owner}-${app}` },
      }),
    );

const anyBudget = (name: string): fc.Arbitrary<BudgetFacts> =>
  fc
    .record({
      disruptionsAllowed: fc.integer({ min: -1, max: 4 }),
      currentHealthy: fc.nat(5),
      desiredHealthy: fc.nat(5),
      expectedPods: fc.nat(6),
      observedGeneration: fc.constantFrom(0, 1, 1, 1),
      unhealthyPodEvictionPolicy: fc.constantFrom('IfHealthyBudget' as const, 'AlwaysAllow' as const),
    })
    .map(change => aBudget(name, { ...change, selector: { matchLabels: { app: name } } }));

const anyDrain: fc.Arbitrary<DrainInput> = fc
  .record({
    pods: fc
      .integer({ min: 0, max: 14 })
      .chain(size => fc.tuple(...Array.from({ length: size }, (_, index) => anyPod(index)))),
    budgets: fc.tuple(...apps.map(anyBudget)),
    hasDaemonSet: fc.boolean(),
    evicted: fc.uniqueArray(fc.nat(13), { maxLength: 4 }),
    evictUnreplicated: fc.constantFrom(true, true, true, false),
  })
  .map(({ hasDaemonSet, evicted, ...rest }) => ({
    ...rest,
    node: 'n1',
    daemonSets: hasDaemonSet ? apps.map(name => ({ namespace: 'shop', name, uid: `uid-DaemonSet-${name}` })) : [],
    evicted: new Set(evicted.map(index => `uid-pod-${index}`)),
  }));

/** Evictions the API server charges to the budget: those of pods that are ready and not pending, finished or terminating. */
const charged = (pods: readonly PodFacts[], budget: BudgetFacts): number =>
  pods.filter(
    pod =>
      pod.isReady &&
      !['Pending', 'Succeeded', 'Failed'].includes(pod.phase) &&
      pod.terminatingSince === undefined &&
      pod.namespace === budget.namespace &&
      matchesLabels(budget.selector, pod.labels),
  ).length;

describe('laws of every drain', () => {
  law.prop([anyDrain])('a batch never exceeds what a budget allows', input => {
    const { evict } = drainNode(input);
    for (const budget of input.budgets) {
      const allowed = budget.observedGeneration < budget.generation ? 0 : Math.max(0, budget.disruptionsAllowed);
      expect(charged(evict, budget)).toBeLessThanOrEqual(allowed);
    }
  });

  law.prop([anyDrain])('every pod of the node is in exactly one part, no other pod in any', input => {
    const { evict, delayed, leaving, skipped, blocked, podsLeft, isDrained } = drainNode(input);
    const placed = [...evict, ...[...delayed, ...leaving, ...skipped, ...blocked].map(({ pod }) => pod)];
    const onNode = input.pods.filter(pod => pod.nodeName === 'n1');
    expect(new Set(placed).size).toBe(placed.length);
    expect(onNode).toEqual(expect.arrayContaining(placed));
    if (blocked.length === 0) expect(placed).toHaveLength(onNode.length);
    expect(podsLeft).toBe(onNode.length - skipped.length);
    expect(isDrained).toBe(podsLeft === 0);
  });

  law.prop([anyDrain])(
    'nothing is evicted that is static, terminating, evicted before, or while anything is blocked',
    input => {
      const { evict, blocked } = drainNode(input);
      expect(evict.some(pod => pod.isMirror || pod.terminatingSince !== undefined || input.evicted.has(pod.uid))).toBe(
        false,
      );
      if (blocked.length > 0) expect(evict).toEqual([]);
    },
  );

  law.prop([anyDrain, fc.infiniteStream(fc.nat())])('the order of pods and budgets does not matter', (input, keys) => {
    const shuffled = <T>(items: readonly T[]): T[] =>
      items
        .map(item => ({ item, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
    expect(drainNode({ ...input, pods: shuffled(input.pods), budgets: shuffled(input.budgets) })).toEqual(
      drainNode(input),
    );
  });
});
