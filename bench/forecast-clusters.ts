/** Clusters whose future is known: growth of eight kinds, level shifts, weekends, spikes and gaps, made from a seed. */
import { type Random, seeded } from '../src/decisions/forecast/random.ts';

const KINDS = ['linear', 'linear', 'exponential', 'flat', 'step', 'kink', 'decline', 'saturating'] as const;

export interface KnownCluster {
  /** Hourly per cent of use; NaN where nothing was measured. */
  history: Float64Array;
  future: Float64Array;
}

/** In three of ten the growth changes with the first day of the future, which nobody can know. */
export function knownCluster(seed: number, historyDays: number, futureDays: number): KnownCluster {
  const random = seeded(seed);
  const levels = levelOf(random, historyDays);
  const rhythm = 3 + 10 * random.uniform();
  const weekend = 1 - 0.5 * random.uniform();
  const [carried, spread] = [0.5 + 0.4 * random.uniform(), 0.6 + 1.6 * random.uniform()];
  const phase = random.below(24);
  let drawn = 0;
  const hours = new Float64Array(24 * (historyDays + futureDays)).map((_, hour) => {
    const { level, base } = levels(hour);
    const day = rhythm * (Math.floor(hour / 24) % 7 >= 5 ? weekend : 1) * Math.sin((2 * Math.PI * (hour - phase)) / 24);
    drawn = carried * drawn + spread * Math.sqrt(1 - carried * carried) * random.normal();
    const spike = random.uniform() < 0.0015 ? 15 + 20 * random.uniform() : 0;
    return Math.min(100, Math.max(1, level + day * (0.7 + (0.3 * level) / base) + drawn + spike));
  });
  const history = hours.slice(0, 24 * historyDays);
  for (let hour = 30; hour < history.length; hour++) {
    if (random.uniform() < 0.004) history.fill(Number.NaN, hour, hour + 1 + random.below(8));
  }
  return { history, future: hours.slice(24 * historyDays) };
}

function levelOf(random: Random, historyDays: number): (hour: number) => { level: number; base: number } {
  const kind = KINDS[random.below(KINDS.length)] ?? 'flat';
  const base = 32 + 28 * random.uniform();
  const [slope, rate] = [0.03 + 0.22 * random.uniform(), 0.001 + 0.005 * random.uniform()];
  const stepDay = Math.floor(historyDays * (0.3 + 0.5 * random.uniform()));
  const stepSize = (random.uniform() < 0.8 ? 1 : -1) * (4 + 9 * random.uniform());
  const kinkDay = Math.floor(historyDays * (0.35 + 0.4 * random.uniform()));
  const later = random.uniform() < 0.3 ? 1.6 * random.uniform() : 1;
  let level = base;
  const grows = (day: number): number => {
    if (kind === 'linear') return slope;
    if (kind === 'exponential') return level * rate;
    if (kind === 'step') return 0.35 * slope;
    if (kind === 'kink') return (day < kinkDay ? 0.1 : 1) * slope;
    if (kind === 'decline') return -0.5 * slope;
    return kind === 'saturating' ? 1.6 * slope * Math.max(0, 1 - (level - base) / 30) : 0;
  };
  return hour => {
    level += (grows(hour / 24) * (hour > 24 * historyDays ? later : 1)) / 24;
    if (kind === 'step' && hour === 24 * stepDay) level += stepSize;
    return { level, base };
  };
}
