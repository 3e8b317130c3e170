/** One file → one handoff, whoever wrote it: tolerant of names, dialects and encodings, strict about what it can't tell. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { HandoffPriority, HandoffReading, Party } from '../model/handoff.ts';
import { partyNamed, priorityOf, slugOf, wordOf } from './handoff-fields.ts';
import { readJsonText } from './handoff-json.ts';
import { decodeText } from './handoff-text.ts';
import { readTime } from './handoff-time.ts';

/** Real handoffs have a few kilobytes and four levels. */
export const HANDOFF_BYTES_MAX = 128 * 1024;
const DEPTH_MAX = 32;
const SUMMARY_CHARACTERS = 4000;

type Fields = Readonly<Record<string, unknown>>;

/** Names that mean the same in different writers' files, the contract's first. */
const NAMES = {
  id: ['handoff_id', 'handoffId', 'id', 'alert_id'],
  type: ['handoff_type', 'handoffType', 'type', 'alert_type'],
  status: ['status', 'state'],
  priority: ['priority', 'severity'],
  from: ['from_division', 'from_master', 'from', 'from_agent', 'from_team', 'source'],
  to: ['to_division', 'to_master', 'to', 'to_agent', 'to_team'],
  task: ['task_id', 'taskId'],
  answers: ['in_response_to', 'inResponseTo', 'in_reply_to', 'response_to', 'reply_to'],
  created: ['created_at', 'createdAt', 'timestamp', 'created', 'date'],
  deadline: ['deadline', 'due_at', 'due_date', 'due'],
  context: ['context', 'task_data', 'payload', 'details', 'data'],
  summary: ['summary', 'situation', 'title', 'description', 'details', 'message', 'handoff_reason'],
} as const satisfies Record<string, readonly string[]>;

export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of these names that says something; own fields only. */
function pick(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The content in one spelling whatever its formatting (RFC 8785); undefined when a lone surrogate has none. */
function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}

/** The fixed addresses beside gm://handoffs/{handoff_id}. */
const TAKEN_IDS = new Set(['incoming', 'outgoing']);

/** A written id as a name of ours: itself, or the mark of what can't be one (paths, sentences, very long texts). */
export function safeHandoffId(written: string): string {
  const isName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(written) && !TAKEN_IDS.has(written);
  return isName ? written : `handoff-${sha256(written).slice(0, 32)}`;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.trim() || undefined : typeof value === 'number' ? String(value) : undefined;

/** What a part of the file is about, read with what is found wrong with it. */
class Reader {
  readonly problems: string[] = [];
  readonly raw: Fields;
  readonly context: Fields;
  readonly stem: string;

  constructor(raw: Fields, stem: string) {
    this.raw = raw;
    this.stem = stem;
    this.context = this.#context();
  }

  #context(): Fields {
    const given = NAMES.context.map(name => (Object.hasOwn(this.raw, name) ? this.raw[name] : undefined));
    const fields = given.find(isFields);
    if (fields !== undefined) return fields;
    const text = given.map(textOf).find(value => value !== undefined);
    if (text === undefined) this.problems.push(`context: ${given.some(Boolean) ? 'not an object' : 'missing'}`);
    return text === undefined ? {} : { summary: text };
  }

  writtenId(): string {
    const id = textOf(pick(this.raw, NAMES.id));
    if (id === undefined) this.problems.push('handoff_id: missing, taken from the file name');
    return id ?? this.stem;
  }

  from(): Party {
    const [, sender] = /^(.+?)-to-containers(?:-|$)/.exec(this.stem) ?? [];
    const party = partyNamed(pick(this.raw, NAMES.from));
    if (party === undefined) this.problems.push('from: missing');
    return party ?? partyNamed(sender) ?? { kind: 'other', name: 'unknown' };
  }

  to(): Party | undefined {
    return partyNamed(pick(this.raw, NAMES.to));
  }

  type(): string {
    const type = wordOf(pick(this.raw, NAMES.type));
    if (type === undefined) this.problems.push('handoff_type: missing');
    return type ?? (this.stem.startsWith('alert-') ? 'alert' : 'unknown');
  }

  status(): string | undefined {
    const given = pick(this.raw, NAMES.status);
    const status = wordOf(given);
    if (given !== undefined && status === undefined) this.problems.push('status: not understood');
    return status;
  }

  /** R84. Unsaid is medium, an alert's is high (D9: 30 minutes); a word we don't know is taken seriously. */
  priority(): HandoffPriority {
    const given = pick(this.raw, NAMES.priority) ?? pick(this.context, NAMES.priority);
    if (given === undefined) return this.stem.startsWith('alert-') ? 'high' : 'medium';
    const priority = priorityOf(given);
    if (priority === undefined) this.problems.push('priority: not understood, taken as high');
    return priority ?? 'high';
  }

  time(names: readonly string[], isRequired: boolean): string | undefined {
    const given = pick(this.raw, names) ?? pick(this.context, names);
    const time = readTime(given);
    const [name = ''] = names;
    if (time === undefined) {
      if (given !== undefined) this.problems.push(`${name}: not understood`);
      else if (isRequired) this.problems.push(`${name}: missing`);
    } else if (!time.hasZone) this.problems.push(`${name}: no time zone, taken as UTC`);
    return time?.at;
  }

  inResponseTo(): string | undefined {
    const given = textOf(pick(this.raw, NAMES.answers) ?? pick(this.context, NAMES.answers));
    return given === undefined ? undefined : safeHandoffId(given);
  }

  taskId(): string | undefined {
    const given = textOf(pick(this.raw, NAMES.task) ?? pick(this.context, NAMES.task));
    return given === undefined ? undefined : slugOf(given, 80) || undefined;
  }

  summary(): string {
    const given = textOf(pick(this.context, NAMES.summary)) ?? textOf(pick(this.raw, NAMES.summary));
    if (given === undefined) this.problems.push('context.summary: missing');
    return (given ?? '').slice(0, SUMMARY_CHARACTERS);
  }
}

/**
 * Reads a handoff from the bytes of a file called `fileName`, or says in our own words why it can't be one. Never throws; linear
 * in the size (R166). Nothing of what it says is a name of a file.
 */
export function readHandoff(bytes: Uint8Array, fileName: string): HandoffReading | string {
  if (bytes.length > HANDOFF_BYTES_MAX) return `it is larger than ${HANDOFF_BYTES_MAX} bytes`;
  const decoded = decodeText(bytes);
  const json = readJsonText(decoded.text, DEPTH_MAX);
  if (typeof json === 'string') return json;
  if (!isFields(json.value)) return 'it is not a JSON object';
  const reader = new Reader(json.value, fileName.replace(/\.json$/i, ''));
  const canonical = json.isExact && decoded.isExact ? canonicalText(json.value) : undefined;
  const reading = {
    id: safeHandoffId(reader.writtenId()),
    from: reader.from(),
    to: reader.to(),
    type: reader.type(),
    status: reader.status(),
    priority: reader.priority(),
    taskId: reader.taskId(),
    inResponseTo: reader.inResponseTo(),
    createdAt: reader.time(NAMES.created, true),
    deadline: reader.time(NAMES.deadline, false),
    summary: reader.summary(),
  };
  if (!decoded.isExact) reader.problems.push('the text has bytes that are no characters');
  if (json.duplicateKeys.length > 0) reader.problems.push('a name stands twice in one object');
  return {
    ...reading,
    context: reader.context,
    problems: reader.problems,
    raw: json.value,
    duplicateKeys: json.duplicateKeys,
    isExact: canonical !== undefined,
    hash: sha256(canonical ?? bytes),
  };
}
