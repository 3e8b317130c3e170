import { describe, expect, it } from 'vitest';
import { at } from '../../../src/simulation/kubernetes-api/json.ts';
import { budgetStatus } from '../../../src/simulation/world/controllers/disruption-budgets.ts';
import { shortages } from '../../../src/simulation/world/controllers/node-fit.ts';
import { isMirror, isReady, phaseOf } from '../../../src/simulation/world/pods.ts';
import { createWorld } from '../../../src/simulation/world/world.ts';
import { pass, smallWorld } from './worlds.ts';

describe('the seed fleet', () => {
  const world = createWorld({ seed: 1 });

  it.each([
    {
      name: 'staging',
      environment: 'staging',
      controlPlanes: 3,
      workers: 3,
      pods: 89,
      running: 89,
      pending: 0,
      budgets: 5,
    },
    {
      name: 'production',
      environment: 'production',
      controlPlanes: 3,
      workers: 9,
      pods: 245,
      running: 243,
      pending: 2,
      budgets: 12,
    },
  ])('has $name as in the report: $pods pods, $running running, $pending pending', expected => {
    const cluster = world.clusters.get(expected.name);
    const machines = [...(cluster?.machines.values() ?? [])];
    const pods = cluster?.store.list('pods') ?? [];
    expect({
      name: cluster?.name,
      environment: cluster?.environment,
      controlPlanes: machines.filter(({ role }) => role === 'controlplane').length,
      workers: machines.filter(({ role }) => role === 'worker').length,
      pods: pods.length,
      running: pods.filter(pod => phaseOf(pod) === 'Running' && isReady(pod)).length,
      pending: pods.filter(pod => phaseOf(pod) === 'Pending').length,
      budgets: cluster?.store.list('poddisruptionbudgets.policy').length,
    }).toEqual(expected);
  });

  it('has Talos v1.12.11, Kubernetes v1.35.4 and the mirror pods of each control plane node', () => {
    const cluster = world.clusters.get('production');
    for (const node of cluster?.store.list('nodes') ?? []) {
      expect(at(node, 'status', 'nodeInfo', 'osImage')).toBe('Talos (v1.12.11)');
      expect(at(node, 'status', 'nodeInfo', 'kubeletVersion')).toBe('v1.35.4');
    }
    const mirrors = cluster?.store
      .list('pods', 'kube-system')
      .filter(isMirror)
      .map(pod => pod.metadata.name);
    expect(mirrors).toHaveLength(9);
    expect(mirrors).toContain('kube-apiserver-production-cp-2');
  });

  it('leaves several budgets of production one disruption only', () => {
    const budgets = world.clusters.get('production')?.store.list('poddisruptionbudgets.policy') ?? [];
    expect(budgets.filter(budget => at(budget, 'status', 'disruptionsAllowed') === 1).length).toBeGreaterThanOrEqual(6);
    expect(budgets.filter(budget => at(budget, 'status', 'disruptionsAllowed') === 0)).toEqual([]);
  });

  it('is in its steady state: an hour changes no object but leases and heartbeats', () => {
    const fresh = createWorld({ seed: 1 });
    const before = [...fresh.clusters.values()].map(({ store }) => store.resourceVersion);
    pass(fresh, 3_600_000);
    [...fresh.clusters.values()].forEach(({ store }, index) => {
      const events = store.since(before[index] ?? 0);
      const touched = new Set(events === 'expired' ? ['expired'] : events.map(({ resource }) => resource));
      expect([...touched].sort()).toEqual(['leases.coordination.k8s.io', 'nodes']);
    });
  });

  it('overfills no node, and its budgets say what the controller would say', () => {
    for (const cluster of world.clusters.values()) {
      for (const node of cluster.store.list('nodes')) {
        expect(shortages({}, node, cluster.pods.requestedOn(node.metadata.name))).toEqual([]);
      }
      for (const budget of cluster.store.list('poddisruptionbudgets.policy')) {
        expect(budget.status).toEqual(budgetStatus(cluster, budget));
      }
    }
  });

  it('makes a fleet of any size: nodes, pods, zones and pinned databases as asked', () => {
    const { cluster } = smallWorld({
      control_planes: 1,
      workers: 40,
      pods: 1_500,
      budgets: 20,
      zones: 4,
      pinned_databases: 3,
    });
    expect(cluster.store.list('nodes')).toHaveLength(41);
    expect(cluster.store.list('pods')).toHaveLength(1_500);
    expect(cluster.store.list('poddisruptionbudgets.policy')).toHaveLength(20);
    const zones = new Set(
      cluster.store.list('nodes').map(node => node.metadata.labels?.['topology.kubernetes.io/zone']),
    );
    expect(zones.size).toBe(4);
    const pinned = cluster.store
      .list('persistentvolumes')
      .filter(volume => at(volume, 'spec', 'nodeAffinity') !== undefined);
    expect(pinned).toHaveLength(9);
  });

  it('says how many pods a cluster needs at least', () => {
    expect(() => smallWorld({ pods: 10 })).toThrow('10 pods are fewer than its nodes and services need');
  });
});
