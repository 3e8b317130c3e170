import type { CapacityAmounts, CapacityPoint } from '../../model/capacity.ts';
import { at, textAt } from '../manifest/json.ts';

const HOUR_MS = 3_600_000;
/** Clocks of two machines may differ by so much; what is further ahead was taken with a wrong clock. */
const AHEAD_MS = HOUR_MS;

const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/** The first of the names that holds an amount, times what it is of. */
function amountOf(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  for (const [name, unit] of Object.entries(units)) {
    const found = amount(at(value, name));
    if (found !== undefined) return found * unit;
  }
  return undefined;
}

const CPU = { cpu_millis: 1, cpu_millicores: 1, cpu_cores: 1000 };
const MEMORY = { memory_bytes: 1, memory_mib: 1024 ** 2, memory_gib: 1024 ** 3 };

function amountsOf(value: unknown): CapacityAmounts | undefined {
  const [cpuMillis, memoryBytes] = [amountOf(value, CPU), amountOf(value, MEMORY)];
  if (cpuMillis === undefined || memoryBytes === undefined) return undefined;
  return { cpuMillis, memoryBytes, pods: amount(at(value, 'pods')) };
}

/** "45%", as the seed's reports tell it (seed lines 576-579). */
function shareOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? /^\s*(\d{1,3}(?:\.\d+)?)\s*%\s*$/.exec(value)?.[1] : undefined;
  return text === undefined ? undefined : Number(text) / 100;
}

function usedOf(entry: unknown, allocatable: CapacityAmounts | undefined): CapacityAmounts | undefined {
  const used = amountsOf(at(entry, 'used'));
  if (used || !allocatable) return used;
  const cpu = shareOf(at(entry, 'resource_usage', 'cpu'));
  const memory = shareOf(at(entry, 'resource_usage', 'memory'));
  if (cpu === undefined || memory === undefined) return undefined;
  return { cpuMillis: cpu * allocatable.cpuMillis, memoryBytes: memory * allocatable.memoryBytes, pods: undefined };
}

/** When an entry was taken, epoch milliseconds; undefined: it does not say. */
export function timeOfEntry(entry: unknown): number | undefined {
  for (const name of ['at', 'timestamp', 'date', 'recorded_at']) {
    const time = Date.parse(textAt(entry, name) ?? '');
    if (Number.isFinite(time)) return time;
  }
  return undefined;
}

/** The cluster an entry is about; undefined: it does not say. */
export const clusterOfEntry = (entry: unknown): string | undefined =>
  textAt(entry, 'cluster') ?? textAt(entry, 'cluster_name');

function pointOf(entry: unknown): CapacityPoint | undefined {
  const time = timeOfEntry(entry);
  if (time === undefined) return undefined;
  const allocatable = amountsOf(at(entry, 'allocatable_total')) ?? amountsOf(at(entry, 'allocatable'));
  const [requested, used] = [amountsOf(at(entry, 'requested')), usedOf(entry, allocatable)];
  if (requested === undefined && used === undefined) return undefined;
  return {
    at: time,
    span: textAt(entry, 'span') === 'day' ? 'day' : 'hour',
    nodes: amount(at(entry, 'nodes', 'total')) ?? amount(at(entry, 'nodes')),
    allocatable,
    requested,
    used,
    usedP95: amountsOf(at(entry, 'used_p95')),
  };
}

/** What the kept samples tell of one cluster, oldest first, one of each hour. */
export interface KeptHistory {
  points: CapacityPoint[];
  /** Entries of the cluster of which nothing could be read, or that were taken in the future. */
  leftOut: number;
}

/**
 * Reads capacity-planning.json, whoever wrote it: the seed names the file and no shape (seed line 611). Amounts that are no amounts
 * are not known; of two samples of an hour the later counts; samples of the future were taken with a wrong clock and do not count.
 */
export function readSamples(entries: readonly unknown[], cluster: string, now: number): KeptHistory {
  const own = entries.filter(entry => clusterOfEntry(entry) === cluster);
  const byHour = new Map<string, CapacityPoint>();
  let leftOut = 0;
  for (const entry of own) {
    const point = pointOf(entry);
    if (point === undefined || point.at > now + AHEAD_MS) {
      leftOut += 1;
      continue;
    }
    const hour = `${point.span} ${Math.floor(point.at / HOUR_MS)}`;
    const known = byHour.get(hour);
    if (known === undefined || known.at <= point.at) byHour.set(hour, point);
  }
  return { points: [...byHour.values()].sort((one, other) => one.at - other.at), leftOut };
}
