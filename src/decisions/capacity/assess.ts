import type { WhatIf as AskedWhatIf, CapacityAmounts, CapacityPoint } from '../../model/capacity.ts';
import type { ClusterFacts } from '../../model/facts.ts';
import type { NodeUsage } from '../../model/usage-facts.ts';
import { checkNodeNeeds } from '../checks/capacity.ts';
import { capacitySample } from '../knowledge.ts';
import type { Headroom, NodeSizeOption, WhatIf } from '../placement/answers.ts';
import type { FleetFacts, PodShape } from '../placement/shape.ts';
import type { LinearSolver } from '../placement/solver.ts';
import { type NodeNeed, nodeNeeds } from './node-needs.ts';
import { type MetricOutlook, outlooks } from './outlook.ts';
import { type PlacementAnswers, placementAnswers } from './placement-answers.ts';
import { readSamples } from './read-samples.ts';
import { type ResourceRequest, resourceRequests } from './resource-request.ts';
import { scenarioOf } from './scenario.ts';
import { otherSizes, workerType } from './worker-type.ts';

/** Shapes that headroom is told of: those that ask for most. */
const SHAPES = 3;

export interface CapacityWarning {
  code: string;
  message: string;
}

/** Where the past is known from. */
export interface HistorySource {
  history: 'prometheus' | 'samples' | 'none';
  /** From the first to the last hour that something is known of. */
  days: number;
  samples: number;
}

export interface CapacityQuestion {
  facts: ClusterFacts;
  /** Undefined: the cluster does not tell what is used. */
  usage: readonly NodeUsage[] | undefined;
  /** Undefined: pods and nodes could not be read whole. */
  fleet: FleetFacts | undefined;
  points: readonly CapacityPoint[];
  thresholds: { node_cpu_percent: number; node_memory_percent: number };
  horizonDays: number;
  leadDays: number;
  whatIf: AskedWhatIf | undefined;
  /** Workers of other sizes are weighed too: of a large cluster that takes seconds. */
  withSizes: boolean;
  /** Machines that are on their way: asked for, and not answered. */
  machinesAsked: number;
  /** Wall time before which no deadline of a handoff can be, epoch milliseconds. */
  earliestDeadlineMs: number;
}

/** How the cluster's pods fit, and would fit. */
export interface Scheduling {
  headroom: Headroom[];
  /** Each node by itself, and each zone where there are several. */
  resilience: WhatIf[];
  whatIf: WhatIf | { problem: string; remedy: string } | undefined;
  /** What all that runs and waits would need of workers of half, the same and larger sizes; undefined: not asked. */
  nodeSizes: NodeSizeOption[] | undefined;
}

export interface CapacityAnswer {
  cluster: string;
  nowMs: number;
  allocatable: CapacityAmounts;
  requested: CapacityAmounts;
  used: CapacityAmounts | undefined;
  metrics: MetricOutlook[];
  scheduling: Scheduling | undefined;
  needs: NodeNeed[];
  requests: ResourceRequest[];
}

/** As the daily and the monthly report say it. */
function missingWorkers(facts: ClusterFacts): number {
  const { missing } = checkNodeNeeds(facts).figures;
  return typeof missing === 'number' ? missing : 0;
}

/** The replicated workloads that ask for most, by the share of the cluster that all their pods take. */
function largestShapes({ hosted, nodes }: FleetFacts): PodShape[] {
  const whole = (resource: string): number =>
    nodes.reduce((sum, { allocatable }) => sum + (allocatable[resource] ?? 0), 0) || 1;
  const [cpu, memory] = [whole('cpu'), whole('memory')];
  const shares = new Map<PodShape, number>();
  for (const { shape, pods } of hosted) {
    if (shape.kind !== 'replicated') continue;
    const share = Math.max((shape.requests.cpu ?? 0) / cpu, (shape.requests.memory ?? 0) / memory);
    shares.set(shape, (shares.get(shape) ?? 0) + pods * share);
  }
  const sorted = [...shares].toSorted(([, one], [, other]) => other - one).map(([shape]) => shape);
  const seen = new Set<string>();
  // Of a workload that is rolled out there are two shapes.
  return sorted.filter(({ workload }) => !seen.has(workload) && seen.add(workload)).slice(0, SHAPES);
}

function schedulingOf(
  { whatIf, withSizes }: CapacityQuestion,
  fleet: FleetFacts,
  placement: PlacementAnswers,
): Scheduling {
  const worker = workerType(fleet.nodes);
  const asked = whatIf && scenarioOf(whatIf, fleet, worker?.nodeType);
  const zones = new Set(fleet.nodes.flatMap(({ labels }) => labels['topology.kubernetes.io/zone'] ?? []));
  return {
    headroom: largestShapes(fleet).map(shape => placement.headroom(shape)),
    resilience: [
      placement.whatIf({ kind: 'lose_each_node' }),
      ...(zones.size > 1 ? [placement.whatIf({ kind: 'lose_each_zone' })] : []),
    ],
    nodeSizes: withSizes && worker ? placement.nodeSizes(otherSizes(worker)) : undefined,
    whatIf: asked && ('problem' in asked ? asked : placement.whatIf(asked.question)),
  };
}

type Needs = Pick<CapacityAnswer, 'needs' | 'requests'>;

/** Nodes to add, and the requests for them. */
function needsOf(
  question: CapacityQuestion,
  metrics: readonly MetricOutlook[],
  fleet: FleetFacts,
  placement: PlacementAnswers,
): Needs {
  const { facts, leadDays, earliestDeadlineMs, machinesAsked: asked } = question;
  const nowMs = facts.asOf;
  const needs = nodeNeeds({
    fleet,
    worker: workerType(fleet.nodes),
    workersMissing: missingWorkers(facts),
    metrics,
    nowMs,
    leadDays,
    nodesToAdd: (pods, nodeType) => placement.nodesToAdd(pods, nodeType),
  });
  return { needs, requests: resourceRequests(facts.cluster, needs, { nowMs, earliestDeadlineMs, asked }) };
}

/** The same with a solver: what was counted greedily is counted exactly, where it is small. */
export function exactNeeds(
  question: CapacityQuestion,
  metrics: readonly MetricOutlook[],
  solver: LinearSolver,
): Needs | undefined {
  const { fleet } = question;
  return fleet && needsOf(question, metrics, fleet, placementAnswers(fleet, solver));
}

/** Growth, fit, what if and what is needed, in one answer, from facts and history alone. */
export function assessCapacity(question: CapacityQuestion): CapacityAnswer {
  const { facts, usage, fleet, points, thresholds, horizonDays } = question;
  const nowMs = facts.asOf;
  // What is kept of this very look is what is told of it.
  const { points: looked } = readSamples([capacitySample(facts, false, usage)], facts.cluster, nowMs);
  const nothing = { cpuMillis: 0, memoryBytes: 0, pods: 0 };
  const [here] = looked;
  const now = { allocatable: here?.allocatable ?? nothing, requested: here?.requested ?? nothing, used: here?.used };
  const metrics = outlooks({ points, now, nowMs, horizonDays, thresholds });
  const told = { cluster: facts.cluster, nowMs, ...now, metrics };
  if (fleet === undefined) return { ...told, scheduling: undefined, needs: [], requests: [] };
  const placement = placementAnswers(fleet);
  return {
    ...told,
    scheduling: schedulingOf(question, fleet, placement),
    ...needsOf(question, metrics, fleet, placement),
  };
}
