/** Plans a procedure from its playbook and from what the clusters show now; starts nothing. */

import { changesCluster, changesClusters } from '../decisions/authority/step-rights.ts';
import { planAuthority, SIMULATION_APPROVES } from '../decisions/authority.ts';
import { contractorFor, MULTI_CLUSTER } from '../decisions/contractor-routing.ts';
import { kubernetesPathRefusal } from '../decisions/kubernetes-upgrade.ts';
import { planHash } from '../decisions/plan-hash.ts';
import { minutesOf, phasesOf, taskOf } from '../decisions/procedure-outline.ts';
import { isTargeted, procedurePreflight } from '../decisions/procedure-preflight.ts';
import { judgeEtcd } from '../decisions/quorum.ts';
import { byCodePoint } from '../decisions/verdict.ts';
import { isSameVersion } from '../decisions/versions.ts';
import { DivisionError } from '../errors.ts';
import type { NodeFacts } from '../model/facts.ts';
import type { PlannedCluster, ProcedurePlan, TargetNode } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import type { KeptTask } from '../model/task.ts';
import { expand } from '../playbooks/expand.ts';
import type { Playbook } from '../playbooks/index.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';
import { cited } from './cite-knowledge.ts';
import { creationFindings } from './planning-creation.ts';
import { isWithoutKubernetes, type PlannedPlanes, plannedPlanes } from './planning-planes.ts';
import { offeredBy, plannedScratch, scratchFor } from './planning-scratch.ts';
import { type ClusterLook, readCluster } from './read-cluster.ts';
import { repeatedOperation } from './repeated-operation.ts';

const PLAN_LIFETIME_MS = 24 * 3_600_000;
/** How far the minutes of a procedure spread around what is expected, where nothing was measured yet. */
const SPREAD = 1.6;

interface Reading {
  ports: ClusterPorts;
  look: ClusterLook;
  offered: readonly string[];
  leader: string | undefined;
  /** Where Kubernetes is not asked. */
  planes: PlannedPlanes | undefined;
}

/** [NOT_FOUND for a cluster or node that is not there, KUBERNETES_UNAVAILABLE when a node can't be looked for, CANCELLED] */
export async function planProcedure(
  front: Pick<FrontEnd, 'clusters' | 'scratch' | 'fleet' | 'clock' | 'config' | 'division' | 'knowledge'>,
  playbook: Playbook,
  task: KeptTask,
  signal: AbortSignal,
): Promise<ProcedurePlan> {
  const clusters = clustersOf(task, await front.clusters(signal));
  const readings = await Promise.all(clusters.map(ports => read(task, ports, signal)));
  const scratch = await scratchFor(task, front, signal);
  const isSeveral = contractorFor(clusters.map(({ config }) => config.name)) === MULTI_CLUSTER;
  const fleet = isSeveral ? await fleetOffered(front, playbook, signal) : undefined;
  assertNodeIsThere(task, readings);
  const steps = expand(playbook, task, {
    clusters: readings.map(({ ports, look, offered, leader, planes }) => ({
      name: ports.config.name,
      controlPlaneNodes: planes?.targets.map(({ name }) => name) ?? namesOf(task, look, 'control-plane', leader),
      workers: namesOf(task, look, 'worker'),
      contractor: ports.config.talos.contractor,
      offered,
    })),
    ...(fleet && { fleet }),
    ...(scratch && {
      scratch: { name: scratch.config.name, contractor: scratch.config.talos.contractor, offered: scratch.offered },
    }),
  });
  const planned = [
    ...readings.map(reading => plannedCluster(reading, steps)),
    ...(scratch ? [plannedScratch(scratch.config)] : []),
  ];
  const asked = {
    action: actionOf(playbook, task),
    kind: 'procedure' as const,
    task,
    gates: [...new Set(steps.map(({ gate }) => gate))].toSorted(byCodePoint),
    scope: scopeOf(task, readings),
  };
  const repeats = await repeatedOperation(front.division, playbook.name, {
    requested: asked,
    clusters: planned,
    steps,
  });
  const requested = { ...asked, ...(repeats !== undefined && { repeats }) };
  const draft = { requested, clusters: planned, steps };
  const creation =
    task.playbook === 'create_cluster'
      ? await Promise.all(
          readings.map(each => creationFindings(task, each.ports, { ...each, config: front.config }, signal)),
        )
      : [];
  const simulated = front.config.simulated || planned.some(cluster => cluster.simulated);
  const minutes = minutesOf(steps);
  const now = front.clock.now();
  return {
    record_version: 1,
    plan_hash: planHash(draft),
    playbook: playbook.name,
    ...draft,
    phases: phasesOf(steps),
    tasks: steps.map(taskOf),
    authority: {
      ...planAuthority(draft),
      ...(simulated && changesClusters(steps) && { approved_by: SIMULATION_APPROVES }),
    },
    preflight: procedurePreflight(
      steps,
      [
        ...readings.map(({ ports, look, planes }) => ({
          name: ports.config.name,
          mode: ports.config.mode,
          unreadable: isWithoutKubernetes(task) ? undefined : look.unreadable,
          ...(planes && { planes: { answering: planes.targets.length, silent: planes.silent } }),
          leaseHolder: look.facts?.lease?.holder,
          versionRefusal: versionRefusal(task, look),
        })),
        ...(scratch
          ? [{ name: scratch.config.name, mode: scratch.config.mode, unreadable: undefined, leaseHolder: undefined }]
          : []),
      ].filter(({ name }) => changesCluster(steps, name)),
      creation.flat(),
    ),
    estimate: {
      minutes_expected: minutes,
      minutes_p90: Math.round(minutes * SPREAD),
      minutes_lower_bound: 0,
      bound_by: 'not bounded: steps wait for what they wait for',
      tokens: steps.reduce((total, step) => total + step.estimate_tokens, 0),
    },
    knowledge: await cited(front.knowledge, { playbook: playbook.name, ...draft, simulated }),
    simulated,
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + PLAN_LIFETIME_MS).toISOString(),
  };
}

/** Asked only where there is something for it to do: it is a process of its own. [CANCELLED] */
async function fleetOffered(front: Pick<FrontEnd, 'fleet'>, { phases }: Playbook, signal: AbortSignal) {
  if (!phases.some(phase => phase.mode === 'steps' && phase.over === 'several-clusters')) return undefined;
  const reader = await front.fleet?.(signal);
  return (
    reader && { contractor: reader.contractor, offered: (await reader.offersDrift(signal)) ? ['fleet.drift'] : [] }
  );
}

/** The clusters a task is about, in its order; every one of the division where it names none. [NOT_FOUND] */
function clustersOf(task: KeptTask, known: readonly ClusterPorts[]): ClusterPorts[] {
  if (task.playbook === 'division_review') return [];
  const named = task.playbook === 'create_cluster' ? [task.name] : 'cluster' in task ? [task.cluster] : task.clusters;
  if (named === undefined) return [...known];
  return [...new Set(named)].map(name => {
    const ports = known.find(({ config }) => config.name === name);
    if (ports) return ports;
    const names = known.map(({ config }) => config.name).join(', ');
    if (task.playbook === 'create_cluster') throw notConfigured(name);
    throw new DivisionError('NOT_FOUND', `there is no cluster ${name}`, `the division's clusters are ${names}`);
  });
}

/** A new cluster is the division's before it is there: how its machines are reached stands in division.yaml. */
const notConfigured = (name: string): DivisionError =>
  new DivisionError(
    'NOT_FOUND',
    `cluster ${name} is not in division.yaml`,
    `add clusters.${name} with its talosconfig, context, control plane endpoints and kubeconfig path, then plan again`,
  );

async function read(task: KeptTask, ports: ClusterPorts, signal: AbortSignal): Promise<Reading> {
  const [look, offered, targets] = await Promise.all([
    readCluster(ports, signal, ['version', 'system_uuid']),
    offeredBy(ports, signal),
    plannedPlanes(task, ports, signal),
  ]);
  const planes = look.facts?.nodes.filter(node => node.role === 'control-plane') ?? [];
  return {
    ports,
    look,
    offered,
    leader: judgeEtcd(planes, look.etcd).leaderNode,
    planes: targets,
  };
}

function assertNodeIsThere(task: KeptTask, [reading]: readonly Reading[]): void {
  if (!('node' in task) || !reading) return;
  const { facts, unreadable } = reading.look;
  if (!facts)
    throw new DivisionError('KUBERNETES_UNAVAILABLE', unreadable ?? reading.ports.config.name, 'run cluster_health');
  if (facts.nodes.some(({ name }) => name === task.node)) return;
  const names = facts.nodes.map(({ name }) => name).join(', ');
  throw new DivisionError('NOT_FOUND', `${task.cluster} has no node ${task.node}`, `its nodes are ${names}`);
}

/** By name; of the control plane, etcd's leader last. A node whose kubelet is at the target needs nothing. */
function namesOf(task: KeptTask, { facts }: ClusterLook, role: NodeFacts['role'], leader?: string): string[] {
  const target = task.playbook === 'kubernetes_upgrade' ? task.to_version : undefined;
  const names = (facts?.nodes ?? [])
    .filter(node => node.role === role && (target === undefined || !isSameVersion(node.kubeletVersion, target)))
    .map(({ name }) => name);
  const sorted = names.toSorted(byCodePoint);
  return [...sorted.filter(name => name !== leader), ...sorted.filter(name => name === leader)];
}

function plannedCluster({ ports: { config }, look, planes }: Reading, steps: readonly PlannedStep[]): PlannedCluster {
  const ofKubernetes = (look.facts?.nodes ?? [])
    .filter(({ name }) => isTargeted(steps, config.name, name))
    .map((node): TargetNode => {
      const machine = look.machines.find(({ address }) => address === node.internalIp);
      return {
        name: node.name,
        role: node.role,
        address: node.internalIp ?? '',
        system_uuid: node.systemUuid,
        from_version: machine?.version ?? 'unknown',
      };
    });
  return {
    name: config.name,
    environment: config.environment,
    simulated: config.simulated,
    kube_system_uid: look.facts?.kubeSystemUid ?? 'unknown',
    nodes: [],
    targets: planes?.targets ?? ofKubernetes,
    skipped: (planes?.silent ?? []).map(name => ({ name, reason: 'it does not answer: taken for lost' })),
  };
}

/** A new authority is nobody's routine: no row of the matrix names it, so it is Cortex Prime's (CONTRACT). */
const actionOf = (playbook: Playbook, task: KeptTask): string =>
  task.playbook === 'rotate_certificates' && task.what !== 'client' ? 'certificates.rotate_authority' : playbook.action;

function scopeOf(task: KeptTask, readings: readonly Reading[]) {
  const planes = readings[0]?.look.facts?.nodes.filter(({ role }) => role === 'control-plane') ?? [];
  const isPlane = 'node' in task && planes.some(({ name }) => name === task.node);
  return {
    changes_kubernetes_version: task.playbook === 'kubernetes_upgrade',
    ...('node' in task && { control_plane_nodes_left: planes.length - (isPlane ? 1 : 0) }),
    ...(task.playbook === 'scale_cluster' && { nodes_from_infrastructure: task.addresses ? 0 : task.count }),
    ...(task.playbook === 'create_cluster' && {
      nodes_from_infrastructure: task.addresses ? 0 : task.control_planes + task.workers,
    }),
  };
}

function versionRefusal(task: KeptTask, { facts, machines }: ClusterLook): string | undefined {
  if (task.playbook !== 'kubernetes_upgrade') return undefined;
  const running = facts?.servers.find(({ version }) => version !== undefined)?.version;
  if (running === undefined) return 'no API server says which Kubernetes runs';
  const talos = machines.map(({ version }) => version ?? 'unknown');
  return kubernetesPathRefusal(running, task.to_version, [...new Set(talos)]);
}
