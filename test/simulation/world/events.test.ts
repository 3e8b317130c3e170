import { expect, it } from 'vitest';
import { asText, at } from '../../../src/simulation/kubernetes-api/json.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { cordon, tryEviction, uncordon } from '../../../src/simulation/world/machines/node-drain.ts';
import { orderReboot } from '../../../src/simulation/world/machines/sequences.ts';
import type { KubeObject } from '../../../src/simulation/world/store.ts';
import { MINUTE, machineOf, pass, passUntil, SECOND, smallWorld } from './worlds.ts';

const WORKER = 'small-worker-1';

const about = (cluster: SimCluster, kind: string, name: string): KubeObject[] =>
  cluster.store
    .list('events')
    .filter(event => at(event, 'involvedObject', 'kind') === kind && at(event, 'involvedObject', 'name') === name);

const reasons = (events: readonly KubeObject[]): string[] => events.map(event => asText(event.reason)).sort();

it('a new world has no events: all of them are older than an hour', () => {
  expect(smallWorld().cluster.store.list('events')).toEqual([]);
});

it('an evicted pod is killed; its successor is created, scheduled, pulled, created and started', () => {
  const { world, cluster } = smallWorld();
  const [pod] = cluster.store.list('pods', 'edge');
  if (pod === undefined) throw new Error('no pod in edge');
  const before = new Set(cluster.store.list('pods', 'edge').map(({ metadata }) => metadata.name));
  expect(tryEviction(cluster, pod)).toBeUndefined();
  expect(reasons(about(cluster, 'Pod', pod.metadata.name))).toEqual(['Killing']);
  pass(world, MINUTE);
  const fresh = cluster.store.list('pods', 'edge').find(({ metadata }) => !before.has(metadata.name));
  const name = fresh?.metadata.name ?? '';
  expect(reasons(about(cluster, 'Pod', name))).toEqual(['Created', 'Pulled', 'Scheduled', 'Started']);
  const [scheduled] = about(cluster, 'Pod', name).filter(({ reason }) => reason === 'Scheduled');
  expect(scheduled).toMatchObject({
    type: 'Normal',
    message: `Successfully assigned edge/${name} to ${String(at(fresh, 'spec', 'nodeName'))}`,
    source: { component: 'default-scheduler' },
    count: 1,
  });
  const set = fresh?.metadata.ownerReferences?.[0]?.name ?? '';
  expect(about(cluster, 'ReplicaSet', set)[0]).toMatchObject({
    reason: 'SuccessfulCreate',
    message: `Created pod: ${name}`,
  });
});

it('a pod that fits nowhere says why', () => {
  const { world, cluster } = smallWorld();
  for (const name of cluster.machines.keys()) cordon(cluster, name);
  const [pod] = cluster.store.list('pods', 'edge');
  if (pod !== undefined) tryEviction(cluster, pod);
  pass(world, MINUTE);
  const failed = cluster.store.list('events', 'edge').filter(({ reason }) => reason === 'FailedScheduling');
  expect(failed).toHaveLength(1);
  expect(failed[0]).toMatchObject({ type: 'Warning' });
  expect(failed[0]?.message).toMatch(/^0\/6 nodes are available: /);
});

it('a node tells of its cordon, its reboot and its silence; its pods of the silence too', () => {
  const { world, cluster } = smallWorld();
  const machine = machineOf(cluster, WORKER);
  cordon(cluster, WORKER);
  uncordon(cluster, WORKER);
  expect(reasons(about(cluster, 'Node', WORKER))).toEqual(['NodeNotSchedulable', 'NodeSchedulable']);
  cluster.faults.arm({ kind: 'node_returns_slowly', node: WORKER, delay_ms: 2 * MINUTE });
  orderReboot(cluster, machine);
  passUntil(world, () => machine.boots === 2 && machine.is_ready);
  const told = ['NodeNotReady', 'NodeNotSchedulable', 'NodeReady', 'NodeSchedulable', 'Rebooted', 'Starting'];
  expect([...new Set(reasons(about(cluster, 'Node', WORKER)))]).toEqual(told);
  const rebooted = about(cluster, 'Node', WORKER).find(({ reason }) => reason === 'Rebooted');
  expect(rebooted?.message).toBe(`Node ${WORKER} has been rebooted, boot id: ${machine.boot_id}`);
  const silent = cluster.store.list('events').filter(({ message }) => message === 'Node is not ready');
  expect(silent.length).toBeGreaterThan(3);
});

it('the same happening again raises the count, and an hour after the last time it is forgotten', () => {
  const { world, cluster } = smallWorld();
  cordon(cluster, WORKER);
  uncordon(cluster, WORKER);
  pass(world, 30 * MINUTE);
  cordon(cluster, WORKER);
  uncordon(cluster, WORKER);
  expect(about(cluster, 'Node', WORKER).map(({ count }) => count)).toEqual([2, 2]);
  pass(world, 59 * MINUTE);
  expect(about(cluster, 'Node', WORKER)).toHaveLength(2);
  pass(world, MINUTE + SECOND);
  expect(about(cluster, 'Node', WORKER)).toEqual([]);
});

it('a Deployment tells of its scaling, and nothing is written into a namespace that goes', () => {
  const { world, cluster } = smallWorld();
  const gateway = cluster.store.get('deployments.apps', 'edge', 'gateway');
  if (gateway === undefined) throw new Error('no gateway');
  cluster.store.replace('deployments.apps', { ...gateway, spec: { ...(gateway.spec as object), replicas: 10 } });
  pass(world, 10 * SECOND);
  expect(about(cluster, 'Deployment', 'gateway')[0]?.message).toMatch(
    /^Scaled down replica set gateway-\w+ from 12 to 10$/,
  );
  const edge = cluster.store.get('namespaces', undefined, 'edge');
  if (edge === undefined) throw new Error('no namespace');
  const written = cluster.store.list('events', 'edge').length;
  const deletionTimestamp = '2026-11-22T08:00:00Z';
  cluster.store.replace('namespaces', { ...edge, metadata: { ...edge.metadata, deletionTimestamp } });
  pass(world, MINUTE);
  expect(cluster.store.list('events', 'edge').length).toBeLessThanOrEqual(written);
});
