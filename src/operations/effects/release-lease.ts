import type { Performer } from './effect-performer.ts';

export const releaseLease: Performer<'release_lease'> = async (
  _effect,
  { writers, authorization, operationId, signal },
) => {
  await writers.kubernetes.releaseLease(authorization, operationId, signal);
  return { result: 'ok', detail: 'Lease kube-system/containers-gm is given up' };
};
