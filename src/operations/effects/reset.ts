import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

export const reset: Performer<'reset'> = async (effect, { writers, authorization, signal, fence }) => {
  const claim = await writers.talos.reset(
    authorization,
    { ...attemptDispatch(effect), graceful: effect.graceful, reboots: effect.reboots, labels: effect.labels },
    signal,
    effect.scratch ? undefined : fence,
  );
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
