/** What is known of a pattern whoever wrote it: gm-common's, a contractor's, ours, or an entry of another file. */
import type { KnowledgeFile, KnownPattern } from '../../model/knowledge.ts';
import { isFields } from './json-values.ts';

const TEXT_MAX = 2000;
const WORDS_MAX = 200;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, TEXT_MAX) : undefined;

const firstText = (fields: Record<string, unknown>, names: readonly string[]): string | undefined =>
  names.map(name => textOf(fields[name])).find(text => text !== undefined);

/** Every text in a value, in its order. */
function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value.slice(0, TEXT_MAX)];
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  return Object.values(value)
    .flatMap(item => textsIn(item, depth + 1))
    .slice(0, WORDS_MAX);
}

/**
 * A success rate in percent. Two scales are about: 0 to 100 (gm-common) and 0 to 1 (the contractors' schema, which has `confidence`);
 * a rate of one is a whole success in both.
 */
function successRateOf(fields: Record<string, unknown>): number | undefined {
  const { success_rate: rate } = fields;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 100)) return undefined;
  const isShare = rate <= 1 && (rate === 1 || !Number.isInteger(rate) || 'confidence' in fields);
  return isShare ? Math.round(rate * 1000) / 10 : rate;
}

function observationsOf(fields: Record<string, unknown>): number {
  const { observations } = fields;
  if (typeof observations === 'number' && observations >= 0) return Math.floor(observations);
  return Array.isArray(observations) ? observations.length : 0;
}

/** How an operation that a pattern counts is written down, to find out that it is counted. */
export const countedMark = (operation: { operation_id: unknown; outcome: unknown; at: unknown }): string =>
  `${String(operation.operation_id)} ${String(operation.outcome)} ${String(operation.at)}`;

function countedIn({ operations }: Record<string, unknown>): string[] {
  if (!Array.isArray(operations)) return [];
  return operations.filter(isFields).map(({ operation_id, outcome, at }) => countedMark({ operation_id, outcome, at }));
}

/** Undefined for an object that has no id and says nothing. */
export function knownPattern(fields: Record<string, unknown>, file: KnowledgeFile): KnownPattern | undefined {
  const patternId = firstText(fields, ['pattern_id', 'entry_id', 'id', 'incident_id', 'strategy_id', 'operation_id']);
  const name = firstText(fields, ['name', 'title', 'pattern', 'type', 'category']);
  const summary = firstText(fields, ['description', 'summary', 'resolution', 'lesson', 'pattern', 'notes']);
  if (patternId === undefined || (name === undefined && summary === undefined)) return undefined;
  const { use_cases: useCases, context, approach, notes, contractor, category } = fields;
  return {
    patternId,
    file,
    name: name ?? patternId,
    summary: summary ?? '',
    useCases: textsIn(useCases),
    context: textsIn([context, approach, notes, contractor, category]),
    successRate: successRateOf(fields),
    observations: observationsOf(fields),
    simulated: fields.simulated === true,
    counted: countedIn(fields),
  };
}
