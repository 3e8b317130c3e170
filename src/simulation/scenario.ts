import { BadRequest } from './bad-request.ts';
import { readFaultRequest, readPlan } from './fault-request.ts';
import type { Fault, PlannedFault } from './faults.ts';
import type { SimCluster, World } from './world/cluster.ts';

const MINUTE_MS = 60_000;
const BUDGETS = 'poddisruptionbudgets.policy';

/** What goes wrong and when: `{"faults": [{"cluster": …, "kind": …, "at_minutes": 5, …}]}`. */
export interface Scenario {
  faults: readonly Record<string, unknown>[];
}

/** The cluster a request names. Throws BadRequest. */
export function clusterNamed(world: World, name: unknown): SimCluster {
  const cluster = typeof name === 'string' ? world.clusters.get(name) : undefined;
  if (cluster !== undefined) return cluster;
  throw new BadRequest(
    `unknown cluster ${JSON.stringify(name)}`,
    `use one of: ${[...world.clusters.keys()].join(', ')}`,
  );
}

export function checkNode(cluster: SimCluster, node: unknown): void {
  if (node === undefined || (typeof node === 'string' && cluster.machines.has(node))) return;
  const names = [...cluster.machines.keys()].join(', ');
  throw new BadRequest(`unknown node ${JSON.stringify(node)} of ${cluster.name}`, `use one of: ${names}`);
}

function checkBudget(cluster: SimCluster, { namespace, budget }: Record<string, unknown>): void {
  if (budget === undefined) return;
  const budgets = cluster.store.list(BUDGETS);
  if (budgets.some(({ metadata }) => metadata.namespace === namespace && metadata.name === budget)) return;
  const names = budgets.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ');
  throw new BadRequest(
    `unknown budget ${JSON.stringify(budget)} of ${cluster.name}`,
    `use one of: ${names || 'there is none'}`,
  );
}

/** Checks a request against the world it is for. Throws BadRequest. */
function checkFault(world: World, request: Record<string, unknown>): SimCluster {
  const cluster = clusterNamed(world, request.cluster);
  readFaultRequest(readPlan(request).fault);
  checkNode(cluster, request.node);
  checkBudget(cluster, request);
  if (request.as_cluster !== undefined || request.as_node !== undefined) {
    checkNode(clusterNamed(world, request.as_cluster ?? request.cluster), request.as_node);
  }
  return cluster;
}

/**
 * Arms the fault a request describes, or, with `at_minutes`, plans it for that many minutes of cluster time from now.
 * Throws BadRequest.
 */
export function playFault(world: World, request: Record<string, unknown>): Fault | PlannedFault {
  const cluster = checkFault(world, request);
  const { minutes, fault } = readPlan(request);
  if (minutes > 0) {
    const planned = cluster.faults.plan(fault, cluster.now() + Math.round(minutes * MINUTE_MS));
    cluster.clock.schedule(minutes * MINUTE_MS, 'planned-fault', planned.id);
    return planned;
  }
  const armed = cluster.faults.arm(fault);
  return cluster.faults.list().find(({ id }) => id === armed.id) ?? armed;
}

/** Reads the content of a scenario file (JSON). Throws BadRequest with the fix. */
export function readScenario(content: unknown): Scenario {
  const { faults, ...others } = (content ?? {}) as Record<string, unknown>;
  const isList = Array.isArray(faults) && faults.every(one => typeof one === 'object' && one !== null);
  if (!isList || Object.keys(others).length > 0) {
    throw new BadRequest(
      'a scenario is {"faults": […]} and nothing else',
      'write {"faults": [{"cluster": "staging", "kind": "api_429", "at_minutes": 5}]}',
    );
  }
  return { faults: faults as Record<string, unknown>[] };
}

/** Plays a scenario from now on: all of it, or, when anything in it is wrong (BadRequest), nothing. */
export function playScenario(world: World, { faults }: Scenario): (Fault | PlannedFault)[] {
  for (const [index, request] of faults.entries()) {
    try {
      checkFault(world, request);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      throw new BadRequest(`fault ${index + 1}: ${error.message}`, error.remedy);
    }
  }
  return faults.map(request => playFault(world, request));
}
