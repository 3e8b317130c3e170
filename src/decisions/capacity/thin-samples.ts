import { at, type JsonObject, objectAt, textAt } from '../manifest/json.ts';
import { groupedBy } from '../verdict.ts';
import { clusterOfEntry, timeOfEntry } from './read-samples.ts';

/** Sixty days of hours, two years of days. */
const HOURS_MAX = 60 * 24;
const DAYS_MAX = 2 * 365;
/** Of all clusters together: the file is read whole. */
const ENTRIES_MAX = 30_000;
/** What is no sample: somebody else's. */
const OTHERS_MAX = 200;

const dayOf = (entry: unknown): string => new Date(timeOfEntry(entry) ?? 0).toISOString().slice(0, 10);
const isDay = (entry: unknown): boolean => textAt(entry, 'span') === 'day';

const numbersAt = (entries: readonly unknown[], ...path: readonly string[]): number[] =>
  entries.flatMap(entry => {
    const value = at(entry, ...path);
    return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
  });

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Nearest rank. */
const p95 = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(0.95 * values.length) - 1] ?? 0;

/** The fields of an object of amounts, over all hours that have them. */
function folded(
  hours: readonly unknown[],
  field: string,
  of: (values: readonly number[]) => number,
): Record<string, number> | undefined {
  const names = [...new Set(hours.flatMap(hour => Object.keys(objectAt(hour, field))))];
  const amounts = names.flatMap(name => {
    const values = numbersAt(hours, field, name);
    return values.length === 0 ? [] : [[name, Math.round(of(values))] as const];
  });
  return amounts.length === 0 ? undefined : Object.fromEntries(amounts);
}

/** One day's entry of its hours: means, of what is used the 95th percentile as well. */
function dayEntry(cluster: string, day: string, hours: readonly unknown[]): JsonObject {
  const last = hours.at(-1);
  const fields = ['nodes', 'allocatable', 'allocatable_total', 'requested', 'used'] as const;
  const amounts = fields.flatMap(field => {
    const value = folded(hours, field, mean);
    return value ? [[field, value] as const] : [];
  });
  const usedP95 = folded(hours, 'used', p95);
  return {
    entry_id: `${cluster}-${day}`,
    at: `${day}T12:00:00.000Z`,
    span: 'day',
    cluster,
    simulated: at(last, 'simulated') === true,
    hours: hours.length,
    ...Object.fromEntries(amounts),
    ...(usedP95 && { used_p95: usedP95 }),
  };
}

const inOrder = (entries: readonly unknown[]): unknown[] =>
  entries.toSorted((one, other) => (timeOfEntry(one) ?? 0) - (timeOfEntry(other) ?? 0));

/** One cluster's. `share`: how much of the usual numbers it may keep. */
function thinned(cluster: string, entries: readonly unknown[], share: number): unknown[] {
  const sorted = inOrder(entries);
  const hours = sorted.filter(entry => !isDay(entry));
  const excess = Math.max(0, hours.length - Math.floor(HOURS_MAX * share));
  // A day of which an hour stays is not over.
  const open = hours[excess] === undefined ? undefined : dayOf(hours[excess]);
  const over = hours.slice(0, excess).filter(entry => dayOf(entry) !== open);
  const known = sorted.filter(isDay);
  const days = new Set(known.map(dayOf));
  const made = groupedBy(over, dayOf)
    .filter(([day]) => !days.has(day))
    .map(([day, of]) => dayEntry(cluster, day, of));
  const gone = new Set(over);
  const left = hours.filter(entry => !gone.has(entry));
  return [...inOrder([...known, ...made]).slice(-Math.floor(DAYS_MAX * share)), ...left];
}

/**
 * The samples that stay, oldest first: of each cluster the newest hours, sixty days of them, then one a day, for two years. Counted,
 * not dated: a clock that jumps ahead for one sample would make all others old. What is no sample stays too, the newest of it.
 */
export function thinSamples(entries: readonly unknown[]): readonly unknown[] {
  const isSample = (entry: unknown): boolean => clusterOfEntry(entry) !== undefined && timeOfEntry(entry) !== undefined;
  const others = entries.filter(entry => !isSample(entry)).slice(-OTHERS_MAX);
  const clusters = groupedBy(entries.filter(isSample), entry => clusterOfEntry(entry) ?? '');
  const share = Math.min(1, ENTRIES_MAX / clusters.length / (HOURS_MAX + DAYS_MAX));
  return [...others, ...inOrder(clusters.flatMap(([cluster, of]) => thinned(cluster, of, share)))];
}
