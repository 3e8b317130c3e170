import { objectText } from '../../model/workload-facts.ts';
import type { Performer } from './effect-performer.ts';
import { countWords, firstFew } from './workload-outcome.ts';

export const restoreObjects: Performer<'restore_objects'> = async (effect, context) => {
  const { writers, authorization, operationId, signal, fence } = context;
  const { cluster, namespace, manifest_sha256: manifestSha256 } = effect;
  const prior = await writers.manifests.prior({ operationId, cluster, namespace, manifestSha256 });
  if (prior === undefined) return { result: 'ok', detail: 'nothing was applied: nothing to take back' };
  const outcomes = await writers.workloads.restore(authorization, prior, signal, fence);
  const kept = outcomes.flatMap(outcome =>
    outcome.kind === 'kept' ? `${objectText(outcome.ref)}: ${outcome.why}` : [],
  );
  const counts = countWords(outcomes.map(({ kind }) => kind));
  if (kept.length === 0) return { result: 'ok', detail: counts };
  return { result: 'failed', code: 'OPERATION_CONFLICT', detail: `${counts}: ${firstFew(kept)}` };
};
