import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { asNumber, asObject, at } from '../../../src/simulation/kubernetes-api/json.ts';
import { CLUSTER_KINDS } from '../../../src/simulation/talosctl-face/resources/cluster.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { budgetStatus } from '../../../src/simulation/world/controllers/disruption-budgets.ts';
import { someServerIsUp } from '../../../src/simulation/world/controllers/work-queue.ts';
import { answersTalos } from '../../../src/simulation/world/machine.ts';
import { conditionOf, isReady, nodeOf } from '../../../src/simulation/world/pods.ts';
import type { KubeObject } from '../../../src/simulation/world/store.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { restoreWorld } from '../../../src/simulation/world/world.ts';
import { worldTexts } from '../../../src/simulation/world-file.ts';
import { someSteps, takeStep } from './steps.ts';
import { onlyCluster, pass, SECOND, smallWorld } from './worlds.ts';

const RUNS = { numRuns: 12 };
const TIMEOUT_MS = 120_000;
const textOf = (world: SavedWorld): string => [...worldTexts(world.image())].join('');

function podsAreOnNodes(cluster: SimCluster): void {
  for (const pod of cluster.store.list('pods')) {
    const node = nodeOf(pod);
    if (node !== undefined) expect(cluster.store.get('nodes', undefined, node), pod.metadata.name).toBeDefined();
  }
}

function budgetsAddUp(cluster: SimCluster): void {
  for (const budget of cluster.store.list('poddisruptionbudgets.policy')) {
    const [allowed, healthy, desired] = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy'].map(field =>
      asNumber(at(budget, 'status', field)),
    );
    expect(allowed).toBe(Math.max(0, (healthy ?? 0) - (desired ?? 0)));
    expect(budget.status, budget.metadata.name).toEqual(budgetStatus(cluster, budget));
  }
}

function etcdIsTheControlPlane(cluster: SimCluster): void {
  const controlPlanes = [...cluster.machines.values()]
    .filter(({ role }) => role === 'controlplane')
    .map(({ name }) => name);
  expect(cluster.etcd.members.map(({ name }) => name)).toEqual(controlPlanes);
  const { leader } = cluster.etcd;
  if (leader !== undefined) expect(cluster.etcd.healthyMembers().map(({ id }) => id)).toContain(leader);
  expect(cluster.etcd.hasQuorum()).toBe(cluster.etcd.healthyMembers().length > controlPlanes.length / 2);
}

/** What the Kubernetes API says of a Ready node is what Talos says of its machine. */
function facesAgree(cluster: SimCluster): void {
  const members = CLUSTER_KINDS.find(({ display }) => display === 'Member');
  for (const machine of cluster.machines.values()) {
    const node = cluster.store.get('nodes', undefined, machine.name);
    if (node === undefined || !machine.is_ready || !isReady(node)) continue;
    const spec = members?.resources(cluster, machine).find(({ id }) => id === machine.name)?.spec;
    expect(at(node, 'status', 'nodeInfo')).toMatchObject({
      bootID: machine.boot_id,
      systemUUID: machine.system_uuid,
      osImage: spec?.operatingSystem,
      kubeletVersion: machine.kubelet_version,
    });
    expect(node.metadata.annotations?.['extensions.talos.dev/schematic']).toBe(machine.running.schematic);
  }
}

/** A kubelet that does not run is known as NotReady at the latest 41 s after its last lease, while an API serves. */
function silenceIsSeen(cluster: SimCluster): void {
  for (const machine of cluster.machines.values()) {
    const node = cluster.store.get('nodes', undefined, machine.name);
    if (node === undefined || machine.kubelet_runs || answersTalos(machine)) continue;
    const lease = cluster.store.get('leases.coordination.k8s.io', 'kube-node-lease', machine.name);
    const silentMs = cluster.now() - Date.parse(String(at(lease, 'spec', 'renewTime')));
    const hadServer = someServerIsUp(cluster);
    if (hadServer && silentMs > 90 * SECOND) expect(conditionOf(node, 'Ready')?.status).toBe('Unknown');
  }
}

function samePodCounts(cluster: SimCluster): void {
  const byNode = cluster.store
    .list('nodes')
    .reduce((sum, node) => sum + cluster.pods.onNode(node.metadata.name).length, 0);
  expect(byNode).toBe(cluster.store.list('pods').filter(pod => nodeOf(pod) !== undefined).length);
}

test('pods of a node that is gone are removed as soon as an API server takes writes again', () => {
  const { world, cluster } = smallWorld({}, 0);
  cluster.faults.arm({ kind: 'etcd_no_leader', node: 'small-cp-1' });
  cluster.store.remove('nodes', undefined, 'small-worker-1');
  pass(world, 60 * SECOND);
  expect(cluster.pods.onNode('small-worker-1')).not.toEqual([]);
  cluster.faults.clear();
  pass(world, 60 * SECOND);
  expect(cluster.pods.onNode('small-worker-1')).toEqual([]);
  podsAreOnNodes(cluster);
});

test('a pod that was never tried is scheduled in a world that was saved before its turn came', () => {
  const { world, cluster } = smallWorld({}, 0);
  const [deployment] = cluster.store.list('deployments.apps');
  const replicas = asNumber(at(deployment, 'spec', 'replicas')) + 1;
  if (deployment === undefined) throw new Error('the world has no Deployment');
  cluster.store.replace('deployments.apps', { ...deployment, spec: { ...asObject(deployment.spec), replicas } });
  const isUnbound = (pod: KubeObject): boolean => nodeOf(pod) === undefined;
  for (let step = 0; step < 100 && !cluster.store.list('pods').some(isUnbound); step += 1) pass(world, 10);
  expect(cluster.store.list('pods').filter(isUnbound)).toHaveLength(1);
  const resumed = restoreWorld(JSON.parse(textOf(world)) as ReturnType<SavedWorld['image']>);
  pass(resumed, 60 * SECOND);
  expect(onlyCluster(resumed).store.list('pods').filter(isUnbound)).toEqual([]);
});

describe('laws of the world', () => {
  test.prop([someSteps, fc.nat(1_000)], RUNS)(
    'after any steps pods, budgets, etcd and both faces hold together',
    (steps, seed) => {
      const { world, cluster } = smallWorld({}, seed);
      for (const step of steps) {
        takeStep(world, step);
        podsAreOnNodes(cluster);
        etcdIsTheControlPlane(cluster);
        samePodCounts(cluster);
        facesAgree(cluster);
        if (!someServerIsUp(cluster)) continue;
        silenceIsSeen(cluster);
      }
      cluster.faults.clear();
      pass(world, 1_200 * SECOND);
      if (someServerIsUp(cluster)) budgetsAddUp(cluster);
    },
    TIMEOUT_MS,
  );

  test.prop([someSteps, fc.nat(1_000)], RUNS)(
    'same seed and inputs make the same world, byte for byte',
    (steps, seed) => {
      const [one, other] = [smallWorld({}, seed).world, smallWorld({}, seed).world];
      for (const step of steps) {
        takeStep(one, step);
        takeStep(other, step);
      }
      expect(textOf(other)).toBe(textOf(one));
    },
    TIMEOUT_MS,
  );

  test.prop([someSteps, someSteps, fc.nat(1_000)], RUNS)(
    'a saved and resumed world goes on as the one that never stopped',
    (before, after, seed) => {
      const { world } = smallWorld({}, seed);
      for (const step of before) takeStep(world, step);
      const resumed = restoreWorld(JSON.parse(textOf(world)) as ReturnType<SavedWorld['image']>);
      expect(textOf(resumed)).toBe(textOf(world));
      for (const step of after) {
        takeStep(world, step);
        takeStep(resumed, step);
      }
      expect(onlyCluster(resumed).ledger.report()).toEqual(onlyCluster(world).ledger.report());
      expect(textOf(resumed)).toBe(textOf(world));
    },
    TIMEOUT_MS,
  );
});
