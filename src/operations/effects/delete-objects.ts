import { objectText } from '../../model/workload-facts.ts';
import type { Performer } from './effect-performer.ts';
import { countWords, firstFew, refOf } from './workload-outcome.ts';

export const deleteObjects: Performer<'delete_objects'> = async (effect, { writers, authorization, signal, fence }) => {
  const objects = effect.objects.map(object => ({ ref: refOf(object), uid: object.uid }));
  const outcomes = await writers.workloads.deleteObjects(authorization, objects, signal, fence);
  const kept = outcomes.flatMap(outcome =>
    outcome.kind === 'kept' ? `${objectText(outcome.ref)}: ${outcome.why}` : [],
  );
  const counts = countWords(outcomes.map(({ kind }) => kind));
  if (kept.length === 0) return { result: 'ok', detail: counts };
  return { result: 'failed', code: 'OPERATION_CONFLICT', detail: `${counts}: ${firstFew(kept)}` };
};
