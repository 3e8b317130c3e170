/** Maintenance windows of a cluster: a five-field cron line in a time zone, and how long it stays open. */

export interface MaintenanceWindow {
  cron: string;
  /** "4h", "90m", "1h30m". */
  duration: string;
  /** IANA name. */
  timezone: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** A window that never opens within this is a mistake, and said so. */
const HORIZON_DAYS = 366;
const LONGEST_MINUTES = 7 * DAY_MINUTES;

interface Field {
  least: number;
  most: number;
  names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { least: 0, most: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

const PART = /^(?<from>\*|[a-z0-9]+)(?:-(?<to>[a-z0-9]+))?(?:\/(?<step>\d+))?$/i;

function numberIn(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + (least === 0 ? 0 : 1) : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** Values of one cron field; undefined when it can't be read. */
function valuesOf(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const read = PART.exec(part)?.groups;
    if (read === undefined) return undefined;
    const { from = '', to, step } = read;
    const first = from === '*' ? field.least : numberIn(from, field);
    const last = to !== undefined ? numberIn(to, field) : from === '*' || step !== undefined ? field.most : first;
    const stride = step === undefined ? 1 : Number(step);
    if (first === undefined || last === undefined || stride < 1 || last < first) return undefined;
    for (let value = first; value <= last; value += stride) values.add(value);
  }
  return values;
}

interface Schedule {
  fields: readonly ReadonlySet<number>[];
  isAnyDay: boolean;
  isAnyWeekday: boolean;
  minutes: number;
  local: Intl.DateTimeFormat;
}

function minutesOf(duration: string): number | undefined {
  const read = /^(?:(?<hours>\d{1,3})h)?(?:(?<minutes>\d{1,4})m)?$/.exec(duration)?.groups;
  const minutes = read && 60 * Number(read.hours ?? 0) + Number(read.minutes ?? 0);
  return minutes !== undefined && minutes > 0 && minutes <= LONGEST_MINUTES ? minutes : undefined;
}

function read({ cron, duration, timezone }: MaintenanceWindow): Schedule | undefined {
  const texts = cron.trim().split(/\s+/);
  const fields = FIELDS.flatMap((field, index) => valuesOf(texts[index] ?? '', field) ?? []);
  const minutes = minutesOf(duration);
  if (texts.length !== FIELDS.length || fields.length !== FIELDS.length || minutes === undefined) return undefined;
  try {
    const local = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      weekday: 'short',
    });
    return { fields, isAnyDay: texts[2] === '*', isAnyWeekday: texts[4] === '*', minutes, local };
  } catch {
    return undefined;
  }
}

/** Cron: of day of month and day of week either is enough when both are given. */
function opensAt({ fields, isAnyDay, isAnyWeekday, local }: Schedule, minute: number): boolean {
  const parts = new Map(local.formatToParts(minute * MINUTE_MS).map(({ type, value }) => [type, value]));
  const has = (field: number, value: number): boolean => fields[field]?.has(value) ?? false;
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.get('weekday') ?? '');
  const isWeekday = has(4, weekday) || (weekday === 0 && has(4, 7));
  const isDay = has(2, Number(parts.get('day')));
  const isDate = isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday;
  return (
    has(0, Number(parts.get('minute'))) &&
    has(1, Number(parts.get('hour'))) &&
    has(3, Number(parts.get('month'))) &&
    isDate
  );
}

export type WindowState =
  /** `until`: epoch milliseconds; undefined where no window is configured: always open. */
  | { state: 'open'; until: number | undefined }
  | { state: 'closed'; opensAt: number }
  /** A window that can't be read is never open. */
  | { state: 'unreadable'; window: MaintenanceWindow };

/** Whether disruptive work may start at `now` (epoch milliseconds), and when next. No windows: always (division.yaml). */
export function windowState(windows: readonly MaintenanceWindow[], now: number): WindowState {
  if (windows.length === 0) return { state: 'open', until: undefined };
  const schedules: Schedule[] = [];
  for (const window of windows) {
    const schedule = read(window);
    if (!schedule) return { state: 'unreadable', window };
    schedules.push(schedule);
  }
  const minute = Math.floor(now / MINUTE_MS);
  const ends = schedules.flatMap(schedule => {
    for (let opened = minute; opened > minute - schedule.minutes; opened -= 1) {
      if (opensAt(schedule, opened)) return [(opened + schedule.minutes) * MINUTE_MS];
    }
    return [];
  });
  if (ends.length > 0) return { state: 'open', until: Math.max(...ends) };
  const next = Math.min(...schedules.map(schedule => nextOpening(schedule, minute)));
  const [first] = windows;
  return Number.isFinite(next) || !first
    ? { state: 'closed', opensAt: next * MINUTE_MS }
    : { state: 'unreadable', window: first };
}

/** By days first: each day is tried by its local minutes only when one of them may match. */
function nextOpening(schedule: Schedule, after: number): number {
  for (let day = 0; day < HORIZON_DAYS; day += 1) {
    const start = after + 1 + day * DAY_MINUTES;
    if (!mayOpenWithin(schedule, start)) continue;
    for (let minute = start; minute < start + DAY_MINUTES; minute += 1) if (opensAt(schedule, minute)) return minute;
  }
  return Number.POSITIVE_INFINITY;
}

/** The 24 hours from `start` touch at most two local dates: neither month nor day matches → no minute does. */
function mayOpenWithin({ fields, local, isAnyDay, isAnyWeekday }: Schedule, start: number): boolean {
  return [start, start + DAY_MINUTES - 1].some(minute => {
    const parts = new Map(local.formatToParts(minute * MINUTE_MS).map(({ type, value }) => [type, value]));
    const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.get('weekday') ?? '');
    const isDay = fields[2]?.has(Number(parts.get('day'))) ?? false;
    const isWeekday = (fields[4]?.has(weekday) ?? false) || (weekday === 0 && (fields[4]?.has(7) ?? false));
    const isDate = isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday;
    return isDate && (fields[3]?.has(Number(parts.get('month'))) ?? false);
  });
}
