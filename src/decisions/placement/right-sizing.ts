import { sortedBy } from '../verdict.ts';
import type { SizingHint } from './answers.ts';

/** What the pods of a workload use of one resource, each; cpu in millicores, memory in bytes. */
export interface ResourceUse {
  requested: number;
  /** Of cpu the 95th percentile; of memory, which can't be taken back, the greatest. */
  used: number;
  /** 0: a single look. */
  historyDays: number;
}

export interface WorkloadUse {
  /** "Deployment shop/web". */
  workload: string;
  pods: number;
  cpu?: ResourceUse;
  memory?: ResourceUse;
}

/** On top of what was used (VPA and krr: 15 %). */
const MARGIN = 1.15;
/** From a single look there is as much again on top. */
const MARGIN_NOW = 2 * MARGIN;
/** A request that is off by less than this is left alone. */
const TOLERATED = 0.2;
/** And by less than this much a pod. */
const LEAST: Readonly<Record<'cpu' | 'memory', number>> = { cpu: 20, memory: 32 * 2 ** 20 };
/** A week has each day of it once. */
const WHOLE_DAYS = 7;

function riskOf(resource: 'cpu' | 'memory', direction: 'lower' | 'raise', days: number): string {
  const seen =
    days === 0
      ? 'a single look: peaks are not in it, gather a week first; '
      : days < WHOLE_DAYS
        ? `only ${days} days seen: a weekly peak may be missing; `
        : '';
  if (direction === 'raise')
    return `${seen}fewer pods fit on a node, some may find no place: ask capacity_forecast first`;
  return resource === 'memory'
    ? `${seen}a peak above the new request can get pods evicted, or killed where the limit goes down with it`
    : `${seen}pods get less CPU when their node is full, and autoscaling on CPU percent reacts earlier`;
}

function hintOf(
  { workload, pods }: WorkloadUse,
  resource: 'cpu' | 'memory',
  use: ResourceUse | undefined,
): SizingHint[] {
  if (use === undefined || !Number.isFinite(use.used) || use.used < 0 || use.requested <= 0) return [];
  const { requested, used, historyDays } = use;
  const isLow = used > requested;
  const suggested = Math.ceil(Math.max(used * (historyDays > 0 || isLow ? MARGIN : MARGIN_NOW), LEAST[resource]));
  const change = suggested - requested;
  if (Math.abs(change) < TOLERATED * requested || Math.abs(change) < LEAST[resource]) return [];
  // Between its use and the margin a request is neither too large nor too small.
  if (change > 0 && !isLow) return [];
  const direction = change < 0 ? 'lower' : 'raise';
  return [
    {
      workload,
      pods,
      resource,
      direction,
      unit: resource === 'cpu' ? 'millicores' : 'bytes',
      requested,
      used,
      suggested,
      total_change: change * pods,
      based_on: historyDays > 0 ? 'history' : 'now',
      risk: riskOf(resource, direction, historyDays),
    },
  ];
}

/** Requests that are far from what is used, what gives back most first (seed 217-224). Hints: nothing is changed by them. */
export function rightSizing(uses: readonly WorkloadUse[]): SizingHint[] {
  const of = (resource: 'cpu' | 'memory'): SizingHint[] =>
    sortedBy(uses, ({ workload }) => workload)
      .flatMap(use => hintOf(use, resource, use[resource]))
      .sort((one, other) => one.total_change - other.total_change);
  return [...of('cpu'), ...of('memory')];
}
