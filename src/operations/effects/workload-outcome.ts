import type { ObjectRef } from '../../model/workload-facts.ts';
import { objectText } from '../../model/workload-facts.ts';
import type { ChangeOutcome } from '../../ports/workloads.ts';
import type { EffectOutcome } from './effect-performer.ts';

interface JournalledName {
  api_version: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
}

export const refOf = ({ api_version, kind, namespace, name }: JournalledName): ObjectRef => ({
  apiVersion: api_version,
  kind,
  namespace,
  name,
});

/** Failures are told with the first few of them. */
const MOST_TOLD = 3;

export const firstFew = (lines: readonly string[]): string =>
  lines.slice(0, MOST_TOLD).join('; ') + (lines.length > MOST_TOLD ? `; and ${lines.length - MOST_TOLD} more` : '');

/** "2 created, 1 unchanged". */
export function countWords(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ') || 'nothing';
}

/** What a change to one object answered, as the journal keeps it. */
export function changeOutcome(subject: string, outcome: ChangeOutcome): EffectOutcome {
  switch (outcome.kind) {
    case 'changed':
    case 'unchanged':
      return { result: 'ok', detail: `${subject} ${outcome.kind}` };
    case 'conflict':
      return { result: 'refused', detail: `${subject} changed meanwhile: look again` };
    case 'gitops': {
      const { by, name, evidence } = outcome.owner;
      const detail = `${subject} is kept by ${by} ${name} (${evidence}): change it in its repository`;
      return { result: 'failed', code: 'OPERATION_CONFLICT', detail };
    }
    case 'refused':
      return { result: 'failed', code: 'INPUT_INVALID', detail: `${subject}: ${outcome.why}` };
  }
}

export const workloadText = (name: JournalledName): string => objectText(refOf(name));
