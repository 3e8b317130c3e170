const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;
/** No day is longer: a clock set back by an hour, or a calendar that repeats a day at the date line. */
const LONGEST_DAY_HOURS = 49;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timezone, format);
  }
  return format;
}

/** The calendar day, YYYY-MM-DD, at an instant in an IANA time zone. @throws RangeError for a zone there is not */
export function dayOf(atMs: number, timezone: string): string {
  const parts = formatOf(timezone).formatToParts(atMs);
  const part = (type: string): string => parts.find(found => found.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** When the next day begins, in epoch milliseconds: whole seconds, whatever the clocks do in between. */
export function nextDayAt(atMs: number, timezone: string): number {
  const today = dayOf(atMs, timezone);
  let hours = 1;
  while (hours < LONGEST_DAY_HOURS && dayOf(atMs + hours * HOUR_MS, timezone) === today) hours += 1;
  let last = Math.floor((atMs + (hours - 1) * HOUR_MS) / SECOND_MS);
  let next = Math.ceil((atMs + hours * HOUR_MS) / SECOND_MS);
  while (next - last > 1) {
    const middle = Math.floor((last + next) / 2);
    if (dayOf(middle * SECOND_MS, timezone) === today) last = middle;
    else next = middle;
  }
  return next * SECOND_MS;
}
