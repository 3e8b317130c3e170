/** An investigation as it is shown: small enough to be read, every foreign word redacted and fenced. */
import { stripVTControlCharacters } from 'node:util';
import type { Cause } from '../decisions/causes.ts';
import type { EventFacts } from '../model/symptoms.ts';
import type { Investigation, LogExcerpt } from '../operations/investigate.ts';
import { redact } from '../redaction/redact.ts';
import { fenced } from './wording.ts';

/** About 2,000 tokens, both channels together (bytes / 3.5). */
const BYTES_MAX = 7000;

/** How much is shown; the first that fits is taken. */
const SIZES = [
  { events: 6, evidence: 3, characters: 200, logCharacters: 1000 },
  { events: 4, evidence: 2, characters: 140, logCharacters: 500 },
  { events: 2, evidence: 1, characters: 80, logCharacters: 150 },
] as const;
type Size = (typeof SIZES)[number];

const foreign = (text: string, maxCharacters: number): string =>
  fenced(redact(stripVTControlCharacters(text)), maxCharacters);

/** The last lines that fit, none cut at its beginning; the same line again is counted. Secrets go first: a cut one could not be seen. */
function lastLines(text: string, maxCharacters: number): string {
  const lines = redact(stripVTControlCharacters(text))
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.toReversed()) {
    if (kept[0] === line) continue;
    length += line.length + 3;
    if (length > maxCharacters && kept.length > 0) break;
    kept.unshift(line);
  }
  return kept.join(' ⏎ ');
}

const causeView = ({ evidence, ...cause }: Cause, size: Size): Record<string, unknown> => ({
  ...cause,
  evidence: evidence.slice(0, size.evidence).map(each => foreign(each, size.characters)),
});

const eventView = ({ isWarning, reason, message, kind, name, count, lastAt }: EventFacts, size: Size) => ({
  ...(lastAt !== undefined && { at: new Date(lastAt).toISOString() }),
  type: isWarning ? 'Warning' : 'Normal',
  reason: /^[A-Za-z]{1,60}$/.test(reason) ? reason : foreign(reason, 60),
  object: foreign(`${kind}/${name}`, 120),
  count,
  message: foreign(message, size.characters),
});

const logView = ({ source, of, isPrevious, text }: LogExcerpt, size: Size) => ({
  source,
  of,
  ...(isPrevious && { previous_run: true }),
  lines: fenced(lastLines(text, size.logCharacters), size.logCharacters),
});

function viewOf(found: Investigation, size: Size): Record<string, unknown> {
  return {
    kind: found.kind,
    name: found.name,
    state: found.diagnosis.state,
    counts: found.counts,
    findings: found.diagnosis.causes.map(cause => causeView(cause, size)),
    events: found.events.slice(0, size.events).map(event => eventView(event, size)),
    events_total: found.events.length,
    logs: found.logs.map(log => logView(log, size)),
    ...(found.unreadable.length > 0 && { unreadable: found.unreadable.slice(0, 8) }),
  };
}

/** As much of it as fits beside `otherBytes` of the rest of the result. */
export function investigationView(found: Investigation, otherBytes: number): Record<string, unknown> {
  const views = SIZES.map(size => viewOf(found, size));
  const fits = (view: Record<string, unknown>): boolean =>
    Buffer.byteLength(JSON.stringify(view)) + otherBytes <= BYTES_MAX;
  return views.find(fits) ?? { ...views.at(-1), events: [], logs: [] };
}

/** "Deployment shop/web: unhealthy, 1 of 3 pods ready. Likeliest (certain): …" and its first evidence. */
export function investigationSentences({ kind, name, counts, diagnosis }: Investigation): string[] {
  const [first] = diagnosis.causes;
  const pods = `${counts.ready ?? 0} of ${counts.desired ?? counts.pods ?? 0} pods ready`;
  return [
    `${kind} ${name}: ${diagnosis.state}, ${pods}.`,
    ...(first === undefined ? [] : [`Likeliest cause (${first.certainty}): ${first.message}.`]),
    ...(first?.evidence[0] === undefined ? [] : [foreign(first.evidence[0], 120)]),
  ];
}
