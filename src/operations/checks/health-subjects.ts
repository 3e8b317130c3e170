/** Daily subjects and the gates about health. */
import { checkCapacityRestored } from '../../decisions/checks/capacity.ts';
import { standsAgainst } from '../../decisions/checks/check.ts';
import {
  checkClusterHealthy,
  checkControlPlane,
  checkEtcd,
  checkNodes,
  checkSmoke,
} from '../../decisions/checks/cluster.ts';
import { checkEtcdLatency } from '../../decisions/checks/etcd-latency.ts';
import {
  checkMaintenance,
  checkNodeUnhealthy,
  checkNodeVersions,
  checkNoOtherNodeDown,
  checkUnhealthyNodes,
} from '../../decisions/checks/node-state.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { DivisionError } from '../../errors.ts';
import { stopwatch } from '../../host/stopwatch.ts';
import { type MachineFacts, unknownMachine } from '../../model/facts.ts';
import type { CheckSubject } from '../../model/step.ts';
import { readServices } from './read-services.ts';
import { readKubernetes, readWhole, readWithEtcd } from './read-subject.ts';
import type { ClusterLooker, ClusterScene } from './subject.ts';

/** Reads of one object, one after the other: enough for a median, too few to be a load. */
const LATENCY_READS = 5;

const nodes: ClusterLooker = async scene => checkNodes(await readWhole(scene));
const etcd: ClusterLooker = async scene => checkEtcd(await readWithEtcd(scene));
const controlPlane: ClusterLooker = async scene => checkControlPlane(await readKubernetes(scene));
const clusterHealthy: ClusterLooker = async scene => checkClusterHealthy(await readWhole(scene));
/** What has just come up gets so long until its DNS and its scheduler are up too. */
const SERVES_WITHIN_MS = 10 * 60_000;

const smoke: ClusterLooker = async scene => {
  const [health, services] = await Promise.all([readKubernetes(scene), readServices(scene)]);
  const check = checkSmoke(health, services);
  const against = check.issues.find(standsAgainst);
  const begun = Date.parse(scene.progress.started_at ?? '');
  if (!against || !(scene.now - begun < SERVES_WITHIN_MS)) return check;
  return {
    reason: against.message,
    whatEndsIt: 'API, DNS and nodes serve',
    pollMs: limits.pollMs,
    atMostMs: 2 * SERVES_WITHIN_MS,
    remember: {},
    check,
  };
};

const capacityRestored: ClusterLooker = async scene => checkCapacityRestored((await readKubernetes(scene)).facts);

const etcdLatency: ClusterLooker = async ({ cluster, ports, signal }) => {
  const latencies: number[] = [];
  for (let read = 0; read < LATENCY_READS; read += 1) {
    const elapsed = stopwatch();
    await cluster.kubernetes.identity(signal);
    latencies.push(elapsed());
  }
  return checkEtcdLatency(latencies, ports.thresholds.etcd_latency_ms);
};

/** Our cordons, with when each was made, as the operations' records say. */
const maintenance: ClusterLooker = async ({ cluster, ports, now, signal }) => {
  const [found, { operations }] = await Promise.all([cluster.kubernetes.nodes(signal), ports.division.operations()]);
  const since = new Map<string, number>();
  for (const { nodes: known } of operations.toReversed()) {
    for (const { cluster: name, node, cordon } of known)
      if (name === cluster.config.name && cordon) since.set(node, Date.parse(cordon.at));
  }
  return checkMaintenance({ nodes: found, since, now });
};

const unhealthyNodes: ClusterLooker = async ({ cluster, now, signal }) =>
  checkUnhealthyNodes({ nodes: await cluster.kubernetes.nodes(signal), now });

const nodeVersions: ClusterLooker = async scene => {
  const { facts, machines } = await readWhole(scene, ['version']);
  if (!facts)
    throw new DivisionError(
      'KUBERNETES_UNAVAILABLE',
      `${scene.cluster.config.name} could not be read`,
      'run cluster_health',
    );
  return checkNodeVersions({ nodes: facts.nodes, machines, servers: facts.servers });
};

const noOtherNodeDown: ClusterLooker = async ({ cluster, step, signal }) =>
  checkNoOtherNodeDown({ nodes: await cluster.kubernetes.nodes(signal), node: step.target.node });

const nodeUnhealthy: ClusterLooker = async scene => {
  const { cluster, step, task, now, signal } = scene;
  const name = step.target.node ?? ('node' in task ? task.node : '');
  const node = await cluster.kubernetes.node(name, signal);
  const address = node?.internalIp;
  const machine = address === undefined ? undefined : await machineAt(scene, address);
  return checkNodeUnhealthy({ node, name, machine, now });
};

function machineAt({ cluster, signal }: ClusterScene, address: string): Promise<MachineFacts> {
  const target = { address, endpoints: endpointsFor(address, cluster.config.talos.endpoints) };
  return cluster.talos
    .machine(target, signal, ['stage', 'version'])
    .catch(error => unknownMachine(address, reasonOrThrow(error)));
}

function reasonOrThrow(error: unknown): string {
  if (error instanceof DivisionError && error.code !== 'CANCELLED') return `${error.code}: ${error.message}`;
  throw error;
}

export const healthSubjects = {
  nodes,
  etcd,
  etcd_latency: etcdLatency,
  control_plane: controlPlane,
  maintenance,
  unhealthy_nodes: unhealthyNodes,
  node_versions: nodeVersions,
  cluster_healthy: clusterHealthy,
  no_other_node_down: noOtherNodeDown,
  node_unhealthy: nodeUnhealthy,
  smoke,
  capacity_restored: capacityRestored,
} satisfies Partial<Record<CheckSubject, ClusterLooker>>;
