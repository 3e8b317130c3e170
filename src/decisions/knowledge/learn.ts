/** How patterns grow: from ended operations, each counted once, and from recorded lessons (ledger R289, R337). */
import { createHash } from 'node:crypto';
import { LearntOperation, type OperationLesson, type Pattern, type RecordedLesson } from '../../model/knowledge.ts';
import { isFields } from './json-values.ts';

/** More than an executor looks back over when it starts, so an operation still looked at is still known to be counted. */
const OPERATIONS_MAX = 50;
const NAMES_MAX = 50;

type Fields = Record<string, unknown>;

const numberIn = (value: unknown, name: string): number => {
  const found = isFields(value) ? value[name] : undefined;
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : 0;
};

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

/** Those there and the new ones, each once, the newest last. */
const joined = (before: readonly string[], more: readonly string[]): string[] =>
  [...new Set([...before.filter(name => !more.includes(name)), ...more])].slice(-NAMES_MAX);

const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

function operationsOf({ operations }: Fields): LearntOperation[] {
  if (!Array.isArray(operations)) return [];
  return operations.flatMap(operation => LearntOperation.safeParse(operation).data ?? []);
}

const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((1000 * part) / whole) / 10;

/** "41 minutes (bound 38)" */
const minutesOf = ({ minutes, minutes_lower_bound: bound }: LearntOperation): string =>
  `${minutes} minutes${bound > 0 ? ` (bound ${bound})` : ''}`;

/** In words, from the figures alone: the same operations always give the same text. */
function description(last: LearntOperation, { succeeded, failed }: Pattern['outcomes']): string {
  const total = succeeded + failed;
  const where = last.clusters.join(', ');
  return [
    total > 0 && `${succeeded} of ${total} ${total === 1 ? 'operation' : 'operations'} succeeded.`,
    `Last: ${last.operation_id}${where === '' ? '' : ` on ${where}`} ${last.outcome} after ${minutesOf(last)}.`,
    last.stopped && `It stopped with ${last.stopped.code}: ${last.stopped.reason}.`,
    last.waited_longest && `It waited longest, ${last.waited_longest.minutes} minutes: ${last.waited_longest.reason}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/**
 * The pattern with this operation counted; undefined when it was, with the same end. One that ended before in another way (it was
 * resumed) counts with its new end only. All other fields of the pattern stay.
 */
export function withOperation(kept: Fields | undefined, lesson: OperationLesson): Pattern | undefined {
  const { operation } = lesson;
  const known = operationsOf(kept ?? {});
  const before = known.find(({ operation_id: id }) => id === operation.operation_id);
  if (before?.outcome === operation.outcome && before.at === operation.at) return undefined;
  const count = (outcome: 'succeeded' | 'failed'): number =>
    Math.max(0, numberIn(kept?.outcomes, outcome) - Number(before?.outcome === outcome)) +
    Number(operation.outcome === outcome);
  const outcomes = { succeeded: count('succeeded'), failed: count('failed') };
  const others = known.filter(({ operation_id: id }) => id !== operation.operation_id);
  const operations = [...others, operation]
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .slice(-OPERATIONS_MAX);
  const context = isFields(kept?.context) ? kept.context : {};
  return {
    ...kept,
    record_version: 1,
    pattern_id: lesson.patternId,
    name: lesson.name,
    description: description(operations.at(-1) ?? operation, outcomes),
    use_cases: joined(textsOf(kept?.use_cases), lesson.useCases),
    approach: lesson.approach,
    success_rate: percent(outcomes.succeeded, outcomes.succeeded + outcomes.failed),
    observations: outcomes.succeeded + outcomes.failed,
    outcomes,
    context: {
      ...context,
      playbook: lesson.playbook,
      clusters: joined(textsOf(context.clusters), operation.clusters),
      versions: joined(textsOf(context.versions), operation.versions),
    },
    operations,
    kept_by: 'operations',
    simulated: lesson.simulated,
    created_at: textOf(kept?.created_at, operation.at),
    updated_at: operation.at,
  };
}

/** An id made of a name: what is no letter or digit of ASCII becomes a dash; a name without any gets a number of its own. */
export function patternIdOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return slug === '' ? `lesson-${createHash('sha256').update(name).digest('hex').slice(0, 12)}` : slug;
}

/** The pattern as somebody records it. The text of one that operations keep stays theirs: the lesson becomes its notes. */
export function withLesson(kept: Fields | undefined, lesson: RecordedLesson): Pattern {
  const isOperations = kept?.kept_by === 'operations';
  const context = isFields(kept?.context) ? kept.context : {};
  const succeeded = numberIn(kept?.outcomes, 'succeeded');
  const failed = numberIn(kept?.outcomes, 'failed');
  const rate = kept?.success_rate;
  return {
    ...kept,
    record_version: 1,
    pattern_id: lesson.patternId ?? patternIdOf(lesson.name),
    name: isOperations ? textOf(kept?.name, lesson.name) : lesson.name,
    description: isOperations ? textOf(kept?.description, lesson.summary) : lesson.summary,
    ...(isOperations && { notes: lesson.summary }),
    use_cases: joined(textsOf(kept?.use_cases), lesson.useCases),
    success_rate: typeof rate === 'number' && rate >= 0 && rate <= 100 ? rate : null,
    observations: numberIn(kept, 'observations'),
    outcomes: { succeeded, failed },
    context: {
      ...context,
      ...(lesson.playbook !== undefined && { playbook: lesson.playbook }),
      clusters: joined(textsOf(context.clusters), lesson.clusters),
      versions: joined(textsOf(context.versions), lesson.versions),
    },
    operations: operationsOf(kept ?? {}),
    kept_by: isOperations ? 'operations' : 'lesson',
    simulated: lesson.simulated,
    created_at: textOf(kept?.created_at, lesson.at),
    updated_at: lesson.at,
  };
}
