const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes as talosctl writes them: powers of 1000, one digit after the point below ten. */
export function bytesText(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;
const YEAR = 12 * MONTH;

/** Below the first number the text applies; %d counts the second. */
const MAGNITUDES: readonly (readonly [number, string, number])[] = [
  [SECOND, 'now', SECOND],
  [2 * SECOND, '1 second', SECOND],
  [MINUTE, '%d seconds', SECOND],
  [2 * MINUTE, '1 minute', MINUTE],
  [HOUR, '%d minutes', MINUTE],
  [2 * HOUR, '1 hour', HOUR],
  [DAY, '%d hours', HOUR],
  [2 * DAY, '1 day', DAY],
  [WEEK, '%d days', DAY],
  [2 * WEEK, '1 week', WEEK],
  [MONTH, '%d weeks', WEEK],
  [2 * MONTH, '1 month', MONTH],
  [YEAR, '%d months', MONTH],
  [18 * MONTH, '1 year', YEAR],
  [2 * YEAR, '2 years', YEAR],
  [37 * YEAR, '%d years', YEAR],
];

/** A moment as seen from another: `1 year from now`, `3 days ago`. */
export function relativeTime(thenMs: number, nowMs: number): string {
  const away = Math.abs(thenMs - nowMs);
  const [, text, unit] = MAGNITUDES.find(([below]) => away < below) ?? [0, 'a long while', 1];
  if (text === 'now') return text;
  return `${text.replace('%d', String(Math.floor(away / unit)))} ${thenMs < nowMs ? 'ago' : 'from now'}`;
}
