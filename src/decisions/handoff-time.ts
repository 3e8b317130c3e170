const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;
/** Times before 2000 or from 2100 on are mistakes of unit or of typing. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
/** From here on a number is milliseconds: as seconds it would be the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

interface ReadTime {
  /** RFC 3339 UTC with milliseconds. */
  at: string;
  hasZone: boolean;
}

function inRange(ms: number, hasZone: boolean): ReadTime | undefined {
  return ms >= EARLIEST_MS && ms < LATEST_MS ? { at: new Date(ms).toISOString(), hasZone } : undefined;
}

function offsetMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

/**
 * R86: a point in time as people and programs write it: `Z`, `+0000`, `-06:00`, a space for the T, seconds or milliseconds since
 * 1970. Without a zone it is taken as UTC, and said. undefined for what is no time, such as 30 February.
 */
export function readTime(value: unknown): ReadTime | undefined {
  if (typeof value === 'number') return inRange(value < MILLISECONDS_FROM ? value * 1000 : value, true);
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const text = value.trim();
  if (/^\d{10}(?:\d{3})?$/.test(text)) return readTime(Number(text));
  const match = WRITTEN.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(part => Number(part ?? 0));
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(local);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const offset = offsetMinutes(match[8]);
  if (!isReal || Math.abs(offset) > 14 * 60) return undefined;
  const ms = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return inRange(local + ms - offset * 60_000, match[8] !== undefined);
}
