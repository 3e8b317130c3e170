import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

export const shutdown: Performer<'shutdown'> = async (effect, { writers, authorization, signal, fence }) => {
  const claim = await writers.talos.shutdown(
    authorization,
    { ...attemptDispatch(effect), force: effect.force },
    signal,
    fence,
  );
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
