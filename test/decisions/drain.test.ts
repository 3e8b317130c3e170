import { describe, expect, it } from 'vitest';
import { type DrainInput, drainNode } from '../../src/decisions/drain.ts';
import type { PodFacts } from '../../src/model/facts.ts';
import { aBudget, aPod } from './facts.ts';

const drain = (pods: readonly PodFacts[], change: Partial<DrainInput> = {}) =>
  drainNode({ node: 'n1', pods, budgets: [], daemonSets: [], evicted: new Set(), ...change });
const agent = { kind: 'DaemonSet', name: 'agent', uid: 'uid-agent' };
const agentSet = { namespace: 'shop', name: 'agent', uid: 'uid-agent' };
const names = (pods: readonly PodFacts[]): string[] => pods.map(pod => pod.name);

describe('filters, in the order of kubectl drain', () => {
  it('evicts a plain pod and ignores pods of other nodes and of none', () => {
    const decision = drain([aPod('a', 'n1'), aPod('b', 'n2'), aPod('c', undefined)]);
    expect(names(decision.evict)).toEqual(['a']);
    expect(decision).toMatchObject({ podsLeft: 1, isDrained: false, blocked: [], skipped: [] });
  });

  it('an empty node is drained', () => {
    expect(drain([aPod('b', 'n2')])).toMatchObject({ podsLeft: 0, isDrained: true });
  });

  it.each<{ what: string; pod: Partial<PodFacts>; says: string }>([
    { what: 'a DaemonSet pod', pod: { controller: agent }, says: 'DaemonSet agent keeps it' },
    { what: 'a terminating DaemonSet pod', pod: { controller: agent, terminatingSince: 1 }, says: 'DaemonSet' },
    { what: 'an uncontrolled static pod', pod: { isMirror: true, controller: undefined }, says: 'static pod' },
  ])('$what stays and does not count', ({ pod, says }) => {
    const decision = drain([aPod('a', 'n1', pod)], { daemonSets: [agentSet] });
    expect(decision).toMatchObject({ evict: [], blocked: [], isDrained: true });
    expect(decision.skipped[0]?.reason).toContain(says);
  });

  it.each<{ what: string; pod: Partial<PodFacts>; notes: string[] }>([
    { what: 'whose DaemonSet is gone', pod: { controller: agent }, notes: ['daemon-set-missing'] },
    { what: 'with an emptyDir', pod: { hasEmptyDir: true }, notes: ['empty-dir'] },
    { what: 'tied to its node by a volume', pod: { hasLocalVolume: true }, notes: ['local-volume'] },
    {
      what: 'that is finished, though nothing controls it',
      pod: { phase: 'Succeeded', controller: undefined, hasEmptyDir: true },
      notes: [],
    },
    { what: 'that failed', pod: { phase: 'Failed', controller: agent }, notes: [] },
    { what: 'that is pending', pod: { phase: 'Pending', isReady: false }, notes: [] },
  ])('a pod $what is evicted', ({ pod, notes }) => {
    const decision = drain([aPod('a', 'n1', pod)]);
    expect(names(decision.evict)).toEqual(['a']);
    expect(decision.notes.map(({ note }) => note)).toEqual(notes);
  });

  it('a DaemonSet of another namespace does not count as its owner', () => {
    const decision = drain([aPod('a', 'n1', { controller: agent })], {
      daemonSets: [{ ...agentSet, namespace: 'else' }],
    });
    expect(names(decision.evict)).toEqual(['a']);
  });

  it('a pod without a controller blocks the drain, and nothing is evicted, until the override is recorded', () => {
    const pods = [aPod('bare', 'n1', { controller: undefined }), aPod('web', 'n1')];
    const decision = drain(pods);
    expect(decision).toMatchObject({ evict: [], podsLeft: 2, isDrained: false });
    expect(decision.blocked[0]).toMatchObject({ code: 'DISRUPTION_BLOCKED', subject: 'shop/bare' });
    expect(names(drain(pods, { evictUnreplicated: true }).evict)).toEqual(['bare', 'web']);
  });
});

describe('never twice', () => {
  it('a terminating pod is waited for', () => {
    expect(drain([aPod('a', 'n1', { terminatingSince: 5 })])).toMatchObject({
      evict: [],
      podsLeft: 1,
      isDrained: false,
    });
  });

  it('a pod whose eviction was accepted is waited for, not evicted again', () => {
    const decision = drain([aPod('a', 'n1')], { evicted: new Set(['uid-a']) });
    expect(decision).toMatchObject({
      evict: [],
      podsLeft: 1,
      leaving: [{ reason: 'its eviction was accepted, it is not gone yet' }],
    });
  });

  it('the pod of the same name created after it is another pod', () => {
    expect(names(drain([aPod('a', 'n1', { uid: 'new' })], { evicted: new Set(['uid-a']) }).evict)).toEqual(['a']);
  });

  const tolerating = aPod('t', 'n1', { toleratesCordon: true, uid: 'second' });
  it('a pod that tolerates the cordon is evicted once, and left when it comes back', () => {
    expect(names(drain([tolerating]).evict)).toEqual(['t']);
    const again = drain([tolerating], { evicted: new Set(['first']), evictedControllers: new Set(['uid-web']) });
    expect(again).toMatchObject({ evict: [], isDrained: true });
    expect(again.skipped[0]?.reason).toContain('tolerates the cordon');
  });

  it('it is taken for one that came back when nobody knows whose pods were evicted', () => {
    expect(drain([tolerating], { evicted: new Set(['first']) }).isDrained).toBe(true);
    const others = { evicted: new Set(['first']), evictedControllers: new Set(['uid-other']) };
    expect(names(drain([tolerating], others).evict)).toEqual(['t']);
  });
});

describe('budgets', () => {
  const web = ['a', 'b', 'c'].map(name => aPod(name, 'n1'));

  it('as many at once as the budget allows, the rest later', () => {
    const decision = drain(web, { budgets: [aBudget('web', { disruptionsAllowed: 2 })] });
    expect(names(decision.evict)).toEqual(['a', 'b']);
    expect(decision.delayed).toMatchObject([{ pod: { name: 'c' }, budget: 'shop/web' }]);
    expect(decision.podsLeft).toBe(3);
  });

  it('evictions under way count against what the facts still allow', () => {
    const decision = drain(web, { budgets: [aBudget('web')], evicted: new Set(['uid-a']) });
    expect(decision).toMatchObject({ evict: [], podsLeft: 3 });
    expect(decision.delayed).toHaveLength(2);
  });

  it('a status older than its spec allows nothing yet', () => {
    const decision = drain(web, { budgets: [aBudget('web', { generation: 2, disruptionsAllowed: 3 })] });
    expect(decision).toMatchObject({ evict: [], blocked: [] });
    expect(decision.delayed).toHaveLength(3);
  });

  it('two budgets on a pod block the drain, naming both', () => {
    const decision = drain([aPod('a', 'n1')], { budgets: [aBudget('two'), aBudget('one')] });
    expect(decision.evict).toEqual([]);
    expect(decision.blocked[0]?.message).toContain('shop/one and shop/two');
  });

  it.each([
    {
      what: 'maxUnavailable 0',
      budget: { disruptionsAllowed: 0, expectedPods: 3, desiredHealthy: 3, currentHealthy: 3 },
    },
    {
      what: 'minAvailable above the replicas',
      budget: { disruptionsAllowed: 0, expectedPods: 1, desiredHealthy: 2, currentHealthy: 1 },
    },
  ])('a budget that never allows a disruption ($what) blocks, naming itself', ({ budget }) => {
    const decision = drain([aPod('a', 'n1')], { budgets: [aBudget('web', budget)] });
    expect(decision.blocked[0]?.message).toContain('budget shop/web never allows');
  });

  it('a budget that allows nothing just now is waited for', () => {
    const budget = aBudget('web', { disruptionsAllowed: 0, currentHealthy: 2 });
    expect(drain([aPod('a', 'n1')], { budgets: [budget] })).toMatchObject({
      evict: [],
      blocked: [],
      delayed: [{ rule: expect.stringContaining('eviction') }],
    });
  });

  const unready = aPod('sick', 'n1', { isReady: false });
  it.each([
    {
      what: 'AlwaysAllow',
      budget: { unhealthyPodEvictionPolicy: 'AlwaysAllow' as const, currentHealthy: 1 },
      goes: true,
    },
    { what: 'enough others healthy', budget: { currentHealthy: 2 }, goes: true },
    { what: 'too few others healthy', budget: { currentHealthy: 1 }, goes: false },
    { what: 'a budget that wants none', budget: { currentHealthy: 0, desiredHealthy: 0 }, goes: false },
  ])('an unready pod with $what goes: $goes', ({ budget, goes }) => {
    const decision = drain([unready], { budgets: [aBudget('web', { disruptionsAllowed: 0, ...budget })] });
    expect(decision.evict).toHaveLength(goes ? 1 : 0);
    if (!goes) expect(decision.delayed[0]?.reason).toContain('unhealthyPodEvictionPolicy: AlwaysAllow');
  });

  it('pending and finished pods go past any budget', () => {
    const budgets = [aBudget('one', { disruptionsAllowed: 0 }), aBudget('two', { disruptionsAllowed: 0 })];
    const pods = [aPod('p', 'n1', { phase: 'Pending', isReady: false }), aPod('f', 'n1', { phase: 'Succeeded' })];
    expect(names(drain(pods, { budgets }).evict)).toEqual(['f', 'p']);
  });

  it('a budget of another namespace, or without selector, protects nothing here', () => {
    const budgets = [aBudget('x', { namespace: 'else', disruptionsAllowed: 0 }), aBudget('y', { selector: undefined })];
    expect(drain(web, { budgets }).evict).toHaveLength(3);
  });
});

describe('cluster DNS', () => {
  const dns = (name: string, node: string, change: Partial<PodFacts> = {}): PodFacts =>
    aPod(name, node, { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ...change });

  it('keeps one Ready pod although no budget asks for it', () => {
    expect(drain([dns('d1', 'n1'), dns('d2', 'n2')]).evict).toHaveLength(1);
    expect(drain([dns('d1', 'n1'), dns('d2', 'n1')])).toMatchObject({
      evict: [{ name: 'd1' }],
      delayed: [{ pod: { name: 'd2' } }],
    });
    expect(drain([dns('d1', 'n1'), dns('d2', 'n2', { isReady: false })]).evict).toHaveLength(0);
  });

  it('a single replica is not held back for ever', () => {
    expect(drain([dns('d1', 'n1')]).evict).toHaveLength(1);
  });
});
