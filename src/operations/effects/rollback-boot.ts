import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

export const rollbackBoot: Performer<'rollback_boot'> = async (effect, { writers, authorization, signal, fence }) => {
  const claim = await writers.talos.rollbackBoot(authorization, attemptDispatch(effect), signal, fence);
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
