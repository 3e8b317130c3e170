import type { EvictionOutcome } from '../../ports.ts';
import type { Performer } from './effect-performer.ts';

/** Requests in flight at once; kubectl asks for all pods of a node at once (rolling-upgrades 3.1). */
const CONCURRENT_EVICTIONS = 4;

const isOver = (outcome: EvictionOutcome): boolean => outcome.kind === 'evicted' || outcome.kind === 'gone';

/**
 * Asks for each pod once. The first refusal aborts no other eviction; what was refused is asked again in a later turn. When the fence
 * stops it half way, what was evicted is said; the next effect then meets the fence first.
 */
export const evict: Performer<'evict'> = async (effect, { writers, authorization, signal, fence }) => {
  const outcomes: { pod: (typeof effect.pods)[number]; outcome: EvictionOutcome }[] = [];
  const queue = [...effect.pods];
  let stop: unknown;
  const lastWord = async (): Promise<void> => {
    try {
      if (stop === undefined) await fence();
    } catch (error) {
      stop ??= error;
    }
    if (stop !== undefined) throw stop;
  };
  const worker = async (): Promise<void> => {
    for (let pod = queue.shift(); pod && !signal.aborted && stop === undefined; pod = queue.shift()) {
      try {
        outcomes.push({ pod, outcome: await writers.kubernetes.evict(authorization, pod, signal, lastWord) });
      } catch (error) {
        if (error !== stop) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_EVICTIONS }, worker));
  if (stop !== undefined && outcomes.length === 0) throw stop;

  const evicted = outcomes.filter(({ outcome }) => outcome.kind === 'evicted').map(({ pod }) => pod.uid);
  const refused = outcomes.filter(({ outcome }) => outcome.kind === 'refused');
  const forGood = outcomes.filter(({ outcome }) => outcome.kind === 'denied' || outcome.kind === 'blocked');
  const notYet = outcomes.filter(({ outcome }) => !isOver(outcome));
  const detail = notYet
    .slice(0, 3)
    .map(({ pod, outcome }) => `${pod.namespace}/${pod.name}: ${'message' in outcome ? outcome.message : outcome.kind}`)
    .join('; ');
  return {
    result: forGood.length > 0 ? 'failed' : notYet.length > 0 || stop !== undefined ? 'refused' : 'ok',
    detail: notYet.length > 0 ? detail : `${evicted.length} evicted`,
    evicted,
    evictions_refused: refused.length,
  };
};
