import type { Performer } from './effect-performer.ts';

export const holdLease: Performer<'hold_lease'> = async (effect, { writers, authorization, operationId, signal }) => {
  await writers.kubernetes.holdLease(authorization, operationId, signal, effect.instead_of);
  return { result: 'ok', detail: 'Lease kube-system/containers-gm is held' };
};
