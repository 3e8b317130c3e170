/** Where values stand on a chart, and which of them are written at its edges. */

const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const STEPS_DAYS = [1, 2, 4, 7, 14, 28, 42, 56, 91, 182, 365];

export type Scale = (value: number) => number;

/** Maps [from, to] onto [start, end], in a line. */
export const scaleOf =
  (from: number, to: number, start: number, end: number): Scale =>
  value =>
    start + ((value - from) / (to - from || 1)) * (end - start);

/** "7 Jan", with the year where it turns. */
export function dayLabel(at: number, withYear: boolean): string {
  const date = new Date(at);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
  return withYear ? `${day} ${date.getUTCFullYear()}` : day;
}

/** Midnights (UTC), evenly spaced, at most `most` of them. */
export function dayTicks(from: number, to: number, most: number): number[] {
  const step = DAY_MS * (STEPS_DAYS.find(days => (to - from) / (days * DAY_MS) <= most) ?? 730);
  const first = Math.ceil(from / DAY_MS) * DAY_MS;
  const ticks: number[] = [];
  for (let at = first; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** 0 to `top` in steps of a round number, at most seven. */
export function percentTicks(top: number): number[] {
  const step = [5, 10, 20, 25, 50, 100, 200].find(size => top / size <= 6) ?? top;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}
