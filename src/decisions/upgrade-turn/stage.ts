import type { MachinePart } from '../../model/facts.ts';
import type { NodeProgress } from '../../model/operation.ts';
import type { Plan, PlannedCluster, PlannedNode } from '../../model/plan.ts';
import { isTouched, nodeKey, type OperationState, settledStates } from '../operation-state.ts';
import { proofKey, type Readings, type Stage, type TurnMemory } from './turn.ts';

const isSettled = (progress: NodeProgress | undefined): boolean =>
  progress !== undefined && settledStates.includes(progress.state);

/** A cluster is over when its nodes are settled and its Lease was given up; clusters go in wave order. */
function isOver(cluster: PlannedCluster, state: OperationState): boolean {
  return (
    !state.leases.has(cluster.name) &&
    cluster.nodes.every(node => isSettled(state.nodes.get(nodeKey(cluster.name, node.name))))
  );
}

/** Where the operation stands, from plan and journal alone. */
export function stageOf(plan: Plan, state: OperationState): Stage {
  const cluster = plan.clusters.find(candidate => !isOver(candidate, state));
  if (!cluster) return { kind: 'end' };
  const started = cluster.nodes
    .map(node => ({ node, progress: state.nodes.get(nodeKey(cluster.name, node.name)) }))
    .filter((entry): entry is { node: PlannedNode; progress: NodeProgress } => entry.progress !== undefined);

  const active = started.find(({ progress }) => isActive(progress));
  if (active) return nodeStage(cluster, active.node, active.progress);
  if (!state.leases.has(cluster.name)) return { kind: 'open', cluster };
  if (!state.snapshots.some(snapshot => snapshot.cluster === cluster.name)) return { kind: 'snapshot', cluster };
  const pending = started.filter(({ progress }) => progress.state === 'pending').map(({ node }) => node);
  if (pending.length === 0) return { kind: 'close', cluster };
  const planes = pending.filter(node => node.role === 'control-plane');
  return { kind: 'admit', cluster, candidates: planes.length > 0 ? planes : pending.slice(0, 1) };
}

/**
 * Between its first recorded cordon and the end of its uncordon a node is active; at most one is (one at a time here). A touched node
 * that failed keeps its cordon and is over (SAFETY 8).
 */
export function isActive(progress: NodeProgress): boolean {
  if (progress.state === 'failed' || progress.state === 'rolled_back') {
    return progress.cordon !== undefined && !isTouched(progress);
  }
  if (progress.state === 'pending' || progress.state === 'done' || progress.state === 'skipped') {
    return progress.cordon !== undefined;
  }
  return true;
}

function nodeStage(cluster: PlannedCluster, node: PlannedNode, progress: NodeProgress): Stage {
  const attempt = progress.attempts.at(-1);
  // One known not to have been started stands for nothing; an install before it may stand (SAFETY 3).
  const begun = progress.attempts.findLast(past => !past.not_started);
  switch (progress.state) {
    case 'installing':
      return begun?.reboots
        ? { kind: 'boot', cluster, node, progress, attempt: begun }
        : { kind: 'install', cluster, node, progress, attempt: begun };
    case 'rebooting':
      return attempt ? { kind: 'boot', cluster, node, progress, attempt } : { kind: 'drain', cluster, node, progress };
    case 'in_doubt':
      return attempt ? { kind: 'doubt', cluster, node, progress, attempt } : { kind: 'drain', cluster, node, progress };
    case 'validating':
      if (progress.cordon === undefined || !attempt) return { kind: 'release', cluster, node, progress };
      return { kind: 'prove', cluster, node, progress, attempt };
    // Given up or untouched, with a cordon of ours still to give back.
    case 'failed':
    case 'done':
    case 'skipped':
      return { kind: 'release', cluster, node, progress };
    default:
      return { kind: 'drain', cluster, node, progress };
  }
}

/** The phase that begins with a stage; undefined where the phase before goes on. Known without a look at the cluster. */
export function phaseOf(stage: Stage): string | undefined {
  switch (stage.kind) {
    case 'open':
      return `${stage.cluster.name}: preflight`;
    case 'admit': {
      const isControlPlane = stage.candidates.some(node => node.role === 'control-plane');
      return `${stage.cluster.name}: ${isControlPlane ? 'control plane' : 'workers'}`;
    }
    case 'close':
      return `${stage.cluster.name}: validation`;
    default:
      return undefined;
  }
}

/** What binds a machine to its node (SAFETY 1), and what it runs. */
const identity: readonly MachinePart[] = ['version', 'system_uuid', 'boot_id', 'nodename'];

/** The least that the stage needs to know. */
export function readingsFor(stage: Stage, memory: TurnMemory): Readings | undefined {
  if (stage.kind === 'end') return undefined;
  const base: Readings = {
    cluster: stage.cluster.name,
    kubernetes: 'cluster',
    node: undefined,
    servers: false,
    machines: [],
    etcd: false,
    attemptId: undefined,
    machinesOnceEnded: false,
    preflight: false,
    mayBeWatched: false,
  };
  const machineOf = (node: PlannedNode, ...parts: MachinePart[]) => ({ node: node.name, address: node.address, parts });
  switch (stage.kind) {
    case 'open':
      return { ...base, preflight: true };
    case 'snapshot':
      // All nodes, as etcd is, and nothing else of Kubernetes.
      return { ...base, kubernetes: 'node', etcd: true };
    case 'admit':
      return {
        ...base,
        mayBeWatched: true,
        machines: stage.candidates.map(node => machineOf(node, ...identity)),
        etcd: stage.candidates.some(node => node.role === 'control-plane'),
      };
    case 'drain':
      return { ...base, mayBeWatched: true, node: stage.node.name };
    case 'install':
      return {
        ...base,
        mayBeWatched: true,
        node: stage.node.name,
        machines: [machineOf(stage.node, ...identity, 'stage')],
        etcd: stage.node.role === 'control-plane' && stage.attempt === undefined,
        attemptId: stage.attempt?.attempt_id,
        // Somebody who resolved it as done need not wait for a talosctl that hangs.
        machinesOnceEnded: stage.progress.resolved === undefined,
      };
    case 'boot':
      return {
        ...base,
        mayBeWatched: true,
        kubernetes: 'node',
        node: stage.node.name,
        attemptId: stage.attempt.attempt_id,
      };
    case 'doubt':
      return {
        ...base,
        kubernetes: 'node',
        node: stage.node.name,
        machines: [machineOf(stage.node, 'version', 'boot_id', 'stage')],
        attemptId: stage.attempt.attempt_id,
      };
    case 'prove':
      if (!memory.has(proofKey(stage))) {
        return { ...base, mayBeWatched: true, kubernetes: 'node', node: stage.node.name };
      }
      return {
        ...base,
        kubernetes: 'node',
        node: stage.node.name,
        machines: [machineOf(stage.node, 'version', 'boot_id', 'system_uuid', 'stage', 'extensions')],
        etcd: stage.node.role === 'control-plane',
        servers: stage.node.role === 'control-plane',
      };
    case 'release':
      return { ...base, kubernetes: 'node', node: stage.node.name };
    case 'close':
      return { ...base, etcd: true };
  }
}
