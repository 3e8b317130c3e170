/** Reads what capacity is judged from, and judges it: for the tool, its resources and the monthly report the same answer. */
import {
  assessCapacity,
  type CapacityAnswer,
  type CapacityQuestion,
  type CapacityWarning,
  exactNeeds,
  type HistorySource,
} from '../decisions/capacity/assess.ts';
import { machinesAsked } from '../decisions/capacity/machines-asked.ts';
import { readSamples } from '../decisions/capacity/read-samples.ts';
import { mergedHistory } from '../decisions/capacity/series.ts';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import type { CapacityAmounts, CapacityPoint, WhatIf } from '../model/capacity.ts';
import type { DivisionYaml } from '../model/config.ts';
import type { Handoffs } from '../ports/handoffs.ts';
import type { Knowledge } from '../ports/knowledge.ts';
import type { ClusterPorts, Log } from '../ports.ts';
import { openSolver } from '../solver/highs.ts';
import { keepCapacity } from './learning.ts';
import { readFleet } from './read-fleet.ts';

const DAY_MS = 86_400_000;
/** As much as is kept hourly of our own. */
const MONITORED_MS = 60 * DAY_MS;
const READING_DEADLINE_MS = 60_000;
/** A handoff's deadline is at least this far ahead of the wall clock. */
const DEADLINE_AHEAD_MS = DAY_MS;
/** For all programs of one answer. */
const SOLVER_MS = 3000;

interface CapacityPorts {
  knowledge: Knowledge;
  handoffs: Handoffs;
  log: Log;
  thresholds: DivisionYaml['thresholds'];
  leadDays: number;
}

export interface CapacityReading extends CapacityAnswer {
  simulated: boolean;
  /** Undefined: not read. */
  capacity: CapacityAmounts | undefined;
  nodes: { total: number; ready: number; schedulable: number; byZone: Record<string, number> };
  source: HistorySource;
  points: readonly CapacityPoint[];
  warnings: CapacityWarning[];
}

/** What was asked for, or a warning in its place. [CANCELLED] */
async function orWarning<Value>(
  code: string,
  warnings: CapacityWarning[],
  read: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DivisionError) || error.code === 'CANCELLED') throw error;
    warnings.push({ code, message: `${error.code}: ${error.message}; ${error.remedy}` });
    return undefined;
  }
}

/** The solver is loaded only where there is something to be proved. Without it the greedy count stands, with its bound. */
async function provedNeeds(
  question: CapacityQuestion,
  { metrics, needs }: CapacityAnswer,
): Promise<Pick<CapacityAnswer, 'needs' | 'requests'> | undefined> {
  if (!needs.some(({ method }) => method === 'greedy')) return undefined;
  const solver = await openSolver(SOLVER_MS).catch(() => undefined);
  return solver && exactNeeds(question, metrics, solver);
}

async function historyOf(
  ports: CapacityPorts,
  { config, history }: ClusterPorts,
  nowMs: number,
  warnings: CapacityWarning[],
  signal: AbortSignal,
): Promise<{ points: CapacityPoint[]; source: HistorySource }> {
  const { entries, problems } = await ports.knowledge.file('capacity-planning.json');
  for (const { reason } of problems)
    warnings.push({ code: 'samples_unreadable', message: `capacity-planning.json ${reason}` });
  const { points: kept, leftOut } = readSamples(entries, config.name, nowMs);
  if (leftOut > 0)
    warnings.push({
      code: 'samples_left_out',
      message: `${leftOut} kept samples tell nothing or lie in the future: they do not count`,
    });
  const range = { from: nowMs - MONITORED_MS, to: nowMs };
  const monitored = history && (await orWarning('prometheus', warnings, () => history.hours(range, signal)));
  for (const message of monitored?.missing ?? []) warnings.push({ code: 'prometheus', message });
  const points = mergedHistory(kept, monitored?.points ?? []);
  const [first, last] = [points[0], points.at(-1)];
  const days = first && last ? (last.at - first.at) / DAY_MS : 0;
  const isMonitored = (monitored?.points.length ?? 0) > 0;
  const known = points.length > 0 ? 'samples' : 'none';
  return { points, source: { history: isMonitored ? 'prometheus' : known, days, samples: points.length } };
}

/**
 * Reads one cluster and what is kept of it, keeps a sample of this look, and judges. What can't be read beside Kubernetes itself is a
 * warning. [KUBERNETES_*, RECORD_CORRUPT, TIMEOUT, CANCELLED; INPUT_INVALID for a `whatIf` that is no question]
 */
export async function readCapacity(
  ports: CapacityPorts,
  cluster: ClusterPorts,
  asked: { horizonDays: number; whatIf?: WhatIf | undefined; withSizes?: boolean },
  caller: AbortSignal,
): Promise<CapacityReading> {
  const signal = withDeadline(caller, READING_DEADLINE_MS);
  const warnings: CapacityWarning[] = [];
  const { config } = cluster;
  const [facts, usage, fleet] = await Promise.all([
    cluster.kubernetes.facts(signal),
    orWarning('usage', warnings, async () => cluster.usage?.nodes(signal)),
    orWarning('scheduling', warnings, () => readFleet(cluster, signal)),
  ]);
  await keepCapacity(ports, facts, config.simulated, usage);
  const { handoffs } = await ports.handoffs.outgoing();
  const { machines, handoffIds } = machinesAsked(handoffs, config.name, Date.now());
  if (machines > 0)
    warnings.push({
      code: 'machines_asked_for',
      message: `${machines} machines are asked for and not answered (${handoffIds.join(', ')}): no request repeats them`,
    });
  const { points, source } = await historyOf(ports, cluster, facts.asOf, warnings, signal);
  const question = {
    facts,
    usage,
    fleet: fleet?.fleet,
    points,
    thresholds: ports.thresholds,
    leadDays: ports.leadDays,
    horizonDays: asked.horizonDays,
    whatIf: asked.whatIf,
    withSizes: asked.withSizes === true,
    machinesAsked: machines,
    earliestDeadlineMs: Math.max(facts.asOf, Date.now()) + DEADLINE_AHEAD_MS,
  };
  const first = assessCapacity(question);
  const answer = { ...first, ...(await provedNeeds(question, first)) };
  const scenario = answer.scheduling?.whatIf;
  if (scenario && 'problem' in scenario) throw new DivisionError('INPUT_INVALID', scenario.problem, scenario.remedy);
  if (asked.whatIf && !answer.scheduling)
    throw new DivisionError('KUBERNETES_UNAVAILABLE', warnings.map(({ message }) => message).join('; '), 'call again');
  const zones = facts.nodes.map(({ labels }) => labels['topology.kubernetes.io/zone'] ?? 'none');
  return {
    ...answer,
    simulated: config.simulated,
    capacity: fleet?.capacity,
    nodes: {
      total: facts.nodes.length,
      ready: facts.nodes.filter(({ ready }) => ready === true).length,
      schedulable: facts.nodes.filter(({ ready, unschedulable }) => ready === true && !unschedulable).length,
      byZone: Object.fromEntries(
        [...new Set(zones)].sort().map(zone => [zone, zones.filter(one => one === zone).length]),
      ),
    },
    source,
    points,
    warnings: [
      ...warnings,
      ...answer.metrics.flatMap(({ metric, forecast }) =>
        forecast.warnings.map(({ code, message }) => ({ code, message: `${metric}: ${message}` })),
      ),
    ],
  };
}
