import { describe, expect, it } from 'vitest';
import { deleteObject } from '../../../src/simulation/kubernetes-api/deletion.ts';
import { asObject, at } from '../../../src/simulation/kubernetes-api/json.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { cordon, uncordon } from '../../../src/simulation/world/machines/node-drain.ts';
import { isMirror, isReady, nodeOf } from '../../../src/simulation/world/pods.ts';
import type { KubeObject } from '../../../src/simulation/world/store.ts';
import { drain } from './drains.ts';
import { MINUTE, pass, passUntil, SECOND, smallWorld } from './worlds.ts';

function podOf(cluster: SimCluster, namespace: string, prefix: string): KubeObject {
  const pod = cluster.store.list('pods', namespace).find(({ metadata }) => metadata.name.startsWith(prefix));
  if (pod === undefined) throw new Error(`no pod ${namespace}/${prefix}`);
  return pod;
}

describe('pods', () => {
  it('of a ReplicaSet are replaced at once when deleted; the old one ends within its grace', () => {
    const { world, cluster } = smallWorld();
    const pod = podOf(cluster, 'shop', 'storefront-');
    deleteObject(cluster, 'pods', 'shop', pod.metadata.name);
    pass(world, SECOND);
    const all = cluster.store.list('pods', 'shop').filter(({ metadata }) => metadata.labels?.app === 'storefront');
    expect(all).toHaveLength(9);
    pass(world, 21 * SECOND);
    expect(cluster.store.get('pods', 'shop', pod.metadata.name)).toBeUndefined();
    pass(world, 15 * SECOND);
    expect(cluster.store.list('pods', 'shop').every(isReady)).toBe(true);
  });

  it('of a StatefulSet come back under their name, only after the old one is gone', () => {
    const { world, cluster } = smallWorld();
    const before = podOf(cluster, 'data', 'redis-1');
    deleteObject(cluster, 'pods', 'data', 'redis-1');
    pass(world, SECOND);
    expect(cluster.store.get('pods', 'data', 'redis-1')?.metadata.uid).toBe(before.metadata.uid);
    passUntil(
      world,
      () => {
        const now = cluster.store.get('pods', 'data', 'redis-1');
        return now !== undefined && now.metadata.uid !== before.metadata.uid && isReady(now);
      },
      2 * MINUTE,
    );
  });

  it('stuck by a fault end only when it is cleared', () => {
    const { world, cluster } = smallWorld();
    const pod = podOf(cluster, 'shop', 'cart-');
    const { name } = pod.metadata;
    cluster.faults.arm({ kind: 'pod_stuck_terminating', namespace: 'shop', pod: name });
    deleteObject(cluster, 'pods', 'shop', name);
    pass(world, 10 * MINUTE);
    expect(cluster.store.get('pods', 'shop', name)).toBeDefined();
    cluster.faults.clear();
    pass(world, 30 * SECOND);
    expect(cluster.store.get('pods', 'shop', name)).toBeUndefined();
  });

  it('of a DaemonSet stay through a drain and are made anew on a node that joins again', () => {
    const { world, cluster } = smallWorld();
    drain(world, cluster, 'small-worker-1');
    expect(cluster.pods.onNode('small-worker-1').length).toBe(4);
    const node = cluster.store.get('nodes', undefined, 'small-worker-1');
    cluster.store.remove('nodes', undefined, 'small-worker-1');
    pass(world, 10 * SECOND);
    expect(cluster.pods.onNode('small-worker-1')).toEqual([]);
    if (node !== undefined) cluster.store.create('nodes', { ...node, metadata: { ...node.metadata, uid: 'new' } });
    passUntil(world, () => cluster.pods.onNode('small-worker-1').filter(isReady).length === 4, 2 * MINUTE);
  });

  it('that mirror static pods are shown again when somebody deletes them', () => {
    const { world, cluster } = smallWorld();
    deleteObject(cluster, 'pods', 'kube-system', 'kube-scheduler-small-cp-1', { gracePeriodSeconds: 0 });
    pass(world, 5 * SECOND);
    expect(cluster.store.list('pods', 'kube-system').filter(isMirror)).toHaveLength(9);
  });
});

describe('the scheduler', () => {
  it('puts nothing on a cordoned node, says why, and goes on when the cordon is lifted', () => {
    const { world, cluster } = smallWorld();
    for (const worker of [1, 2, 3]) cordon(cluster, `small-worker-${worker}`);
    const pod = podOf(cluster, 'shop', 'storefront-');
    deleteObject(cluster, 'pods', 'shop', pod.metadata.name, { gracePeriodSeconds: 0 });
    pass(world, 2 * SECOND);
    const waiting = cluster.store.list('pods', 'shop').find(other => nodeOf(other) === undefined);
    expect(at(waiting, 'status', 'conditions')).toMatchObject([
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message:
          '0/6 nodes are available: 3 node(s) had untolerated taint(s) {node-role.kubernetes.io/control-plane: }, 3 node(s) were unschedulable.',
      },
    ]);
    uncordon(cluster, 'small-worker-2');
    pass(world, SECOND);
    expect(nodeOf(cluster.store.get('pods', 'shop', waiting?.metadata.name ?? '') ?? pod)).toBe('small-worker-2');
  });

  it('keeps pods with required anti-affinity apart, so a drained one waits for its node', () => {
    const { world, cluster } = smallWorld();
    const node = nodeOf(podOf(cluster, 'data', 'redis-0')) ?? '';
    drain(world, cluster, node);
    pass(world, MINUTE);
    const waiting = podOf(cluster, 'data', 'redis-0');
    expect(nodeOf(waiting)).toBeUndefined();
    uncordon(cluster, node);
    passUntil(world, () => isReady(podOf(cluster, 'data', 'redis-0')), MINUTE);
    expect(nodeOf(podOf(cluster, 'data', 'redis-0'))).toBe(node);
  });

  it('returns a pod with a pinned volume to the node of its volume', () => {
    const { world, cluster } = smallWorld({ pinned_databases: 1, workers: 5, pods: 85 });
    const node = nodeOf(podOf(cluster, 'data', 'postgres-1')) ?? '';
    drain(world, cluster, node);
    pass(world, MINUTE);
    expect(nodeOf(podOf(cluster, 'data', 'postgres-1'))).toBeUndefined();
    uncordon(cluster, node);
    passUntil(world, () => isReady(podOf(cluster, 'data', 'postgres-1')), MINUTE);
    expect(nodeOf(podOf(cluster, 'data', 'postgres-1'))).toBe(node);
  });

  it('respects zones of a topology spread constraint', () => {
    const { world, cluster } = smallWorld({ zones: 3, workers: 6, pods: 120 });
    const deployment = cluster.store.get('deployments.apps', 'shop', 'storefront');
    if (deployment === undefined) throw new Error('no storefront');
    const spec = asObject(deployment.spec);
    const template = asObject(spec.template);
    const topologySpreadConstraints = [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'storefront' } },
        nodeTaintsPolicy: 'Honor',
      },
    ];
    const changed = { ...template, spec: { ...asObject(template.spec), topologySpreadConstraints } };
    const strategy = { type: 'Recreate' };
    cluster.store.replace('deployments.apps', {
      ...deployment,
      spec: { ...spec, replicas: 6, strategy, template: changed },
    });
    pass(world, 5 * MINUTE);
    const zones = cluster.store
      .list('pods', 'shop')
      .filter(pod => pod.metadata.labels?.app === 'storefront')
      .map(
        pod =>
          cluster.store.get('nodes', undefined, nodeOf(pod) ?? '')?.metadata.labels?.['topology.kubernetes.io/zone'],
      );
    const count = (zone: string): number => zones.filter(other => other === zone).length;
    expect(['zone-a', 'zone-b', 'zone-c'].map(count)).toEqual([2, 2, 2]);
  });
});

describe('volumes', () => {
  it('are attached where their pod is, and detached when it is gone', () => {
    const { world, cluster } = smallWorld({ workers: 4, pods: 110 });
    const attachments = (): string[] =>
      cluster.store.list('volumeattachments.storage.k8s.io').map(one => `${String(at(one, 'spec', 'nodeName'))}`);
    const node = nodeOf(podOf(cluster, 'data', 'kafka-0')) ?? '';
    expect(attachments()).toContain(node);
    const total = attachments().length;
    drain(world, cluster, node);
    pass(world, 30 * SECOND);
    expect(attachments()).not.toContain(node);
    uncordon(cluster, node);
    pass(world, 2 * MINUTE);
    expect(attachments()).toHaveLength(total);
    expect(cluster.store.list('pods', 'data').every(isReady)).toBe(true);
  });
});

describe('collection', () => {
  it('takes ReplicaSets and pods of a deleted Deployment along', () => {
    const { world, cluster } = smallWorld();
    deleteObject(cluster, 'deployments.apps', 'shop', 'cart');
    pass(world, MINUTE);
    expect(cluster.store.list('replicasets.apps', 'shop').some(set => set.metadata.name.startsWith('cart-'))).toBe(
      false,
    );
    expect(cluster.store.list('pods', 'shop').some(pod => pod.metadata.labels?.app === 'cart')).toBe(false);
  });

  it('empties a terminating namespace and removes it', () => {
    const { world, cluster } = smallWorld();
    deleteObject(cluster, 'namespaces', undefined, 'shop');
    passUntil(world, () => cluster.store.get('namespaces', undefined, 'shop') === undefined, 2 * MINUTE);
    expect(cluster.store.list('pods', 'shop')).toEqual([]);
    expect(cluster.store.list('poddisruptionbudgets.policy', 'shop')).toEqual([]);
  });

  it('in the foreground takes the same along', () => {
    const { world, cluster } = smallWorld();
    deleteObject(cluster, 'deployments.apps', 'shop', 'cart', { propagationPolicy: 'Foreground' });
    passUntil(world, () => cluster.store.get('deployments.apps', 'shop', 'cart') === undefined, 2 * MINUTE);
    pass(world, MINUTE);
    expect(cluster.store.list('pods', 'shop').some(pod => pod.metadata.labels?.app === 'cart')).toBe(false);
  });
});
