/** Months in words: "november 2025", "2025-11", "last month". */
const MONTHS = [
  'january januar enero janvier jan',
  'february februar febrero fevrier feb',
  'march marz marzo mars mar',
  'april abril avril apr',
  'may mai mayo',
  'june juni junio juin jun',
  'july juli julio juillet jul',
  'august agosto aout aug',
  'september septiembre septembre sep',
  'october oktober octubre octobre oct',
  'november noviembre novembre nov',
  'december dezember diciembre decembre dec',
].map(words => words.split(' '));

/** A month that needs the present to be known. */
const RELATIVE = new Map([
  ['last month', -1],
  ['previous month', -1],
  ['past month', -1],
  ['letzten monat', -1],
  ['mes pasado', -1],
  ['mois dernier', -1],
  ['this month', 0],
  ['current month', 0],
  ['diesen monat', 0],
  ['este mes', 0],
  ['ce mois', 0],
]);

/** `YYYY-MM`, or how many months from now, as `+0`, `-1`; a name without its year as `MM`. */
export function monthAt(words: readonly string[], at: number): { text: string; length: number } | undefined {
  const [word = '', next = ''] = [words[at], words[at + 1]];
  if (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(word)) return { text: word, length: 1 };
  const relative = RELATIVE.get(`${word} ${next}`);
  if (relative !== undefined) return { text: relative === 0 ? '+0' : String(relative), length: 2 };
  const index = MONTHS.findIndex(names => names.includes(word));
  if (index < 0) return undefined;
  const month = String(index + 1).padStart(2, '0');
  if (/^20\d\d$/.test(next)) return { text: `${next}-${month}`, length: 2 };
  // "may" and short forms are other words too.
  return word.length > 4 ? { text: month, length: 1 } : undefined;
}

/** The month as `YYYY-MM` in UTC; a month without a year is the last one of that name that has begun. */
export function monthOf(text: string, nowMs: number): string | undefined {
  if (/^\d{4}-\d{2}$/.test(text)) return text;
  const now = new Date(nowMs);
  if (Number.isNaN(now.getTime())) return undefined;
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (/^\d{2}$/.test(text)) return `${Number(text) - 1 <= month ? year : year - 1}-${text}`;
  return new Date(Date.UTC(year, month + Number(text), 1)).toISOString().slice(0, 7);
}
