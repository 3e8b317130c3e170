import type { BudgetFacts, PodFacts } from '../model/facts.ts';
import { budgetName, budgetsOf, bypassesBudgets } from './budgets.ts';
import { sortedBy } from './verdict.ts';

/** Minutes of one step. `fastest` is no guess but a floor: the lower bound is made of it. */
interface StepMinutes {
  fastest: number;
  expected: number;
  p90: number;
}

export interface UpgradeMinutes {
  /** Where the figures come from. */
  source: string;
  snapshot: StepMinutes;
  drain: StepMinutes;
  /** Install, reboot and Ready again. */
  install: StepMinutes;
  /** After a control plane node: etcd and the API servers settle. */
  settle: StepMinutes;
  verify: StepMinutes;
  /** How long an evicted pod holds its budget's token: termination, scheduling, start to Ready. */
  podReplaced: StepMinutes;
}

/** Published figures; a division's own measurements replace them once there are some. */
export const publishedMinutes: UpgradeMinutes = {
  source:
    'rolling-upgrades 5: drain 20-60 s, install and reboot 2-3 min on a VM, 5-15 min on bare metal, etcd settles in 1 min',
  snapshot: { fastest: 0, expected: 0.5, p90: 1 },
  drain: { fastest: 0, expected: 0.7, p90: 2 },
  install: { fastest: 1.5, expected: 2.5, p90: 5 },
  settle: { fastest: 0, expected: 1, p90: 1.5 },
  verify: { fastest: 0, expected: 0.5, p90: 1 },
  podReplaced: { fastest: 0.1, expected: 0.7, p90: 1.2 },
};

/** One cluster's part: the nodes that will go down, and what their pods' budgets allow. */
export interface DisruptedCluster {
  name: string;
  controlPlane: readonly string[];
  workers: readonly string[];
  pods: readonly PodFacts[];
  budgets: readonly BudgetFacts[];
}

export interface DisruptionEstimate {
  minutes_lower_bound: number;
  bound_by: string;
  minutes_expected: number;
  minutes_p90: number;
}

type Grade = keyof StepMinutes;
type Bound = { minutes: number; by: string };

/** Minutes of one node's turn: drain, install, reboot, Ready, proof; a control plane node settles besides. */
export function turnMinutes(role: 'control-plane' | 'worker', grade: Grade, minutes = publishedMinutes): number {
  return (
    minutes.drain[grade] +
    minutes.install[grade] +
    minutes.verify[grade] +
    (role === 'control-plane' ? minutes.settle[grade] : 0)
  );
}

/**
 * How long an upgrade of these clusters, one after another and one node at a time, takes. The lower bound is the sum over the
 * clusters of L4 + max(L1, L2, L5) of rolling-upgrades 4.3: control plane nodes serially, then workers, of which one budget's
 * tokens may take longer. With one node out at a time L3 (capacity) is L1 or the plan is infeasible, which preflight says.
 * Steps of one cluster are taken as correlated (p90 adds up), clusters as independent (spans add in squares).
 */
export function estimateDisruption(
  clusters: readonly DisruptedCluster[],
  minutes = publishedMinutes,
): DisruptionEstimate {
  const bounds = clusters.map(cluster => boundOf(cluster, minutes));
  const expected = sum(clusters.map(cluster => clusterMinutes(cluster, 'expected', minutes)));
  const spans = clusters.map(
    cluster => clusterMinutes(cluster, 'p90', minutes) - clusterMinutes(cluster, 'expected', minutes),
  );
  const widest = bounds
    .flatMap(bound => bound.terms)
    .reduce<Bound>((best, term) => (term.minutes > best.minutes ? term : best), {
      minutes: 0,
      by: 'nothing to upgrade',
    });
  return {
    minutes_lower_bound: Math.floor(sum(bounds.map(bound => bound.minutes)) * 10 + 1e-9) / 10,
    bound_by: widest.by,
    minutes_expected: tenths(expected),
    minutes_p90: tenths(expected + Math.hypot(...spans)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rounded to a tenth of a minute. */
export const tenths = (minutes: number): number => Math.round(minutes * 10) / 10;

/** The drains of the workers take their own time, or as long as the slowest budget makes them. */
function clusterMinutes(cluster: DisruptedCluster, grade: Grade, minutes: UpgradeMinutes): number {
  const { controlPlane, workers } = cluster;
  if (controlPlane.length + workers.length === 0) return 0;
  const drains = Math.max(workers.length * minutes.drain[grade], slowestBudget(cluster, grade, minutes)?.waits ?? 0);
  return (
    minutes.snapshot[grade] +
    minutes.verify[grade] +
    controlPlane.length * turnMinutes('control-plane', grade, minutes) +
    workers.length * (turnMinutes('worker', grade, minutes) - minutes.drain[grade]) +
    drains
  );
}

/** L4 + max(L1, L2); L5, one node's own minutes, is never more than L1 with one node at a time. */
function boundOf(cluster: DisruptedCluster, minutes: UpgradeMinutes): { minutes: number; terms: Bound[] } {
  const node = minutes.install.fastest;
  const { name, controlPlane, workers } = cluster;
  const planes: Bound = {
    minutes: controlPlane.length * (node + minutes.settle.fastest),
    by: `L4: ${controlPlane.length} control plane nodes of ${name}, one at a time`,
  };
  const slots: Bound = {
    minutes: workers.length * node,
    by: `L1: ${workers.length} workers of ${name}, one at a time`,
  };
  const tokens = tokenBound(cluster, minutes);
  const rest = tokens.minutes > slots.minutes ? tokens : slots;
  return { minutes: planes.minutes + rest.minutes, terms: [planes, rest] };
}

/** L2: every pod is replaced while it holds a token, and the last node still has to be installed after the last eviction. */
function tokenBound(cluster: DisruptedCluster, minutes: UpgradeMinutes): Bound {
  const slowest = slowestBudget(cluster, 'fastest', minutes);
  if (!slowest) return { minutes: 0, by: '' };
  const { budget, pods, atOnce, waits } = slowest;
  return {
    minutes: waits + minutes.install.fastest,
    by: `L2: budget ${budgetName(budget)} of ${cluster.name}, ${pods} pods, ${atOnce} at a time`,
  };
}

/** A drain has to ask a budget for it. */
const leavesByBudget = (pod: PodFacts): boolean =>
  pod.isReady && !pod.isMirror && !pod.toleratesCordon && pod.controller?.kind !== 'DaemonSet' && !bypassesBudgets(pod);

interface BudgetWaits {
  budget: BudgetFacts;
  pods: number;
  atOnce: number;
  /** Minutes until the last of the pods may go. */
  waits: number;
}

/** The budget whose pods on the workers take longest to be replaced, as many at a time as it allows in full health. */
function slowestBudget(cluster: DisruptedCluster, grade: Grade, minutes: UpgradeMinutes): BudgetWaits | undefined {
  const onWorkers = cluster.pods.filter(
    pod => pod.nodeName !== undefined && cluster.workers.includes(pod.nodeName) && leavesByBudget(pod),
  );
  let slowest: BudgetWaits | undefined;
  for (const budget of sortedBy(cluster.budgets, budgetName)) {
    const pods = onWorkers.filter(pod => budgetsOf(pod, [budget]).length > 0).length;
    const atOnce = Math.max(1, budget.expectedPods - budget.desiredHealthy);
    const waits = (Math.ceil(pods / atOnce) - 1) * minutes.podReplaced[grade];
    if (pods > 0 && waits > (slowest?.waits ?? -1)) slowest = { budget, pods, atOnce, waits };
  }
  return slowest;
}
