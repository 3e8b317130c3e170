/** Plans a rolling upgrade from what the clusters show now, and looks at it again when a cluster's turn comes. */
import { access, constants, mkdir } from 'node:fs/promises';
import { planAuthority, SIMULATION_APPROVES } from '../decisions/authority.ts';
import { nodeKey, type OperationState } from '../decisions/operation-state.ts';
import { planDrift } from '../decisions/plan-drift.ts';
import { planHash } from '../decisions/plan-hash.ts';
import { preflight } from '../decisions/preflight.ts';
import type { ClusterReading, UpgradeInput } from '../decisions/upgrade-input.ts';
import { planUpgrade, standardGates } from '../decisions/upgrade-plan.ts';
import { DivisionError } from '../errors.ts';
import type { ClusterFacts } from '../model/facts.ts';
import type { Finding, PlanAction, UpgradePlan } from '../model/plan.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';
import { cited } from './cite-knowledge.ts';
import { readCluster } from './read-cluster.ts';

export interface UpgradeRequest {
  clusters: string[];
  kind: 'talos';
  to_version: string;
  installer?: string;
  max_unavailable?: number;
  canary?: boolean;
  node_selector?: string;
  accept_api_outage?: boolean;
}

const PLAN_LIFETIME_MS = 24 * 3_600_000;

/** What planning needs of a front end; without a knowledge base nothing is cited. */
export type Planner = Pick<FrontEnd, 'clusters' | 'clock'> & {
  knowledge?: FrontEnd['knowledge'];
  config: Pick<FrontEnd['config'], 'snapshotDirectory'>;
};

/** Reads every named cluster and plans; starts nothing. [NOT_FOUND for a cluster that is not the division's, CANCELLED] */
export async function planRollingUpgrade(
  front: Planner,
  request: UpgradeRequest,
  signal: AbortSignal,
): Promise<UpgradePlan> {
  const known = await front.clusters(signal);
  const clusters = [...new Set(request.clusters)].map(name => {
    const ports = known.find(candidate => candidate.config.name === name);
    if (ports) return ports;
    const names = known.map(candidate => candidate.config.name).join(', ');
    throw new DivisionError('NOT_FOUND', `there is no cluster ${name}`, `the division's clusters are ${names}`);
  });
  const requested: PlanAction = {
    action: 'talos.upgrade',
    kind: request.kind,
    to_version: request.to_version,
    max_unavailable: request.max_unavailable ?? 1,
    canary: request.canary ?? false,
    ...(request.node_selector !== undefined && { node_selector: request.node_selector }),
    ...(request.installer !== undefined && { installer: request.installer }),
    gates: [...standardGates],
    accept_api_outage: request.accept_api_outage ?? false,
  };
  const readings = await Promise.all(clusters.map(ports => readForUpgrade(ports, signal, requested.installer)));
  const draft = planUpgrade({
    requested,
    clusters: readings,
    snapshotDirectory: await snapshotFolder(front.config.snapshotDirectory),
  });
  const hash = planHash(draft);
  const authority = planAuthority(draft);
  const now = front.clock.now();
  return {
    record_version: 1,
    plan_hash: hash,
    ...draft,
    authority: { ...authority, ...(draft.simulated && { approved_by: SIMULATION_APPROVES }) },
    knowledge: await cited(front.knowledge, draft),
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + PLAN_LIFETIME_MS).toISOString(),
  };
}

/** Everything a plan or a preflight needs of one cluster; what can't be read is absent and named, never guessed. */
async function readForUpgrade(ports: ClusterPorts, signal: AbortSignal, installer?: string): Promise<ClusterReading> {
  const { config, kubernetes, talos } = ports;
  const [{ unreadable, ...look }, capabilities] = await Promise.all([
    readCluster(ports, signal),
    orUnknown(talos.capabilities(signal)),
  ]);
  const missingPermissions = await orUnknown(kubernetes.missingPermissions(signal, look.facts));
  return {
    config: { ...config, installer: installer ?? config.installer },
    ...look,
    ...(unreadable !== undefined && { unreadable }),
    capabilities,
    missingPermissions,
  };
}

async function orUnknown<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
    throw error;
  }
}

async function snapshotFolder(path: string): Promise<UpgradeInput['snapshotDirectory']> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
    return { path, isWritable: true };
  } catch {
    return { path, isWritable: false };
  }
}

export interface ClusterTurn {
  plan: UpgradePlan;
  state: OperationState;
  operationId: string;
  ports: ClusterPorts;
  snapshotDirectory: string;
}

/** A planned cluster, looked at again when its turn comes: what SAFETY 9 names must be as planned, and nothing may be against it. */
export async function preflightCluster(
  turn: ClusterTurn,
  signal: AbortSignal,
): Promise<{ drift: string[]; blocked: Finding[]; facts: ClusterFacts }> {
  const { plan, state, operationId, ports } = turn;
  const { name } = ports.config;
  const planned = plan.clusters.find(cluster => cluster.name === name);
  const reading = await readForUpgrade(ports, signal, plan.requested.installer);
  if (!reading.facts)
    throw new DivisionError('KUBERNETES_UNAVAILABLE', reading.unreadable ?? name, 'run cluster_health');
  const pending = (planned?.nodes ?? []).filter(node => state.nodes.get(nodeKey(name, node.name))?.state === 'pending');
  const { blocked } = preflight({
    requested: plan.requested,
    clusters: [reading],
    snapshotDirectory: await snapshotFolder(turn.snapshotDirectory),
    holder: operationId,
  });
  const { facts } = reading;
  return { facts, drift: planned ? planDrift(planned, pending, facts) : [`${name} is not in the plan`], blocked };
}
