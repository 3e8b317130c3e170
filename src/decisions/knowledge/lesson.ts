import type { OperationEvent } from '../../model/journal.ts';
import type { LearntOperation, LessonOutcome, OperationLesson } from '../../model/knowledge.ts';
import type { Operation } from '../../model/operation.ts';
import type { Plan } from '../../model/plan.ts';
import { targetVersion } from '../plan-words.ts';

type PlanRead = Pick<Plan, 'requested' | 'clusters' | 'tasks' | 'phases'>;

const outcomes: Partial<Record<Operation['status'], LessonOutcome>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  halted: 'failed',
  cancelled: 'cancelled',
};

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** "v1.13" of "v1.13.9" and "1.13.9". */
const minorOf = (version: string): string | undefined => /^v?(\d+\.\d+)(?:\.|-|$)/.exec(version)?.[1];

/** Versions that the plan's nodes come from, each once. */
const versionsBefore = (plan: PlanRead): string[] =>
  [...new Set(plan.clusters.flatMap(({ nodes }) => nodes.map(node => node.from_version)))].sort();

const WAITING = /^waiting, (.*); ends when /;

/** Of all it waited for, what took longest, by the events' own times. */
function waitedLongest(events: readonly OperationEvent[]): LearntOperation['waited_longest'] {
  const minutesByReason = new Map<string, number>();
  for (const [index, { kind, at, message }] of events.entries()) {
    const next = events[index + 1];
    if (kind !== 'waiting' || next === undefined) continue;
    const reason = WAITING.exec(message)?.[1] ?? message;
    const minutes = (Date.parse(next.at) - Date.parse(at)) / 60_000;
    minutesByReason.set(reason, (minutesByReason.get(reason) ?? 0) + minutes);
  }
  const [longest] = [...minutesByReason].sort(([, one], [, other]) => other - one);
  if (longest === undefined || !(longest[1] >= 0.1)) return undefined;
  return { reason: longest[0], minutes: tenths(longest[1]) };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * What an ended operation teaches, under one pattern for each playbook and step of versions (ledger R337); undefined while it has not
 * ended. `events` are all of its events, oldest first.
 */
export function lessonOf(
  plan: PlanRead,
  operation: Operation,
  events: readonly OperationEvent[],
): OperationLesson | undefined {
  const outcome = outcomes[operation.status];
  if (outcome === undefined) return undefined;
  const to = targetVersion(plan);
  const from = versionsBefore(plan);
  const toMinor = to === undefined ? undefined : minorOf(to);
  const fromMinors = [...new Set(from.flatMap(version => minorOf(version) ?? []))];
  const step = toMinor === undefined ? [] : [...fromMinors, 'to', toMinor];
  const words = operation.playbook.replaceAll('_', ' ');
  const { metrics, stopped } = operation;
  const waited = waitedLongest(events);
  return {
    patternId: [...words.split(' '), ...step, ...(operation.simulated ? ['simulated'] : [])].join('-'),
    name: capital([words, ...step.map(word => (word === 'to' ? word : `v${word}`))].join(' ')),
    useCases: [words],
    playbook: operation.playbook,
    approach: {
      contractors: [...new Set(plan.tasks.map(task => task.contractor))].sort(),
      steps: [...new Set(plan.phases.map(phase => phase.name))],
      duration_minutes: metrics.minutes,
      tokens: metrics.tokens_estimated,
    },
    operation: {
      operation_id: operation.operation_id,
      outcome,
      at: operation.finished_at ?? operation.updated_at,
      clusters: operation.clusters,
      versions: to === undefined ? [] : [...new Set([...from, to])],
      minutes: tenths(metrics.minutes),
      minutes_lower_bound: tenths(metrics.minutes_lower_bound),
      ...(waited !== undefined && { waited_longest: waited }),
      ...(stopped !== undefined && { stopped: { code: stopped.code, reason: stopped.reason } }),
    },
    simulated: operation.simulated,
  };
}
