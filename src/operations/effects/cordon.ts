import type { Performer } from './effect-performer.ts';

export const cordon: Performer<'cordon'> = async (effect, { writers, authorization, operationId, signal }) => {
  const result = await writers.kubernetes.cordon(
    authorization,
    {
      node: effect.node,
      resourceVersion: effect.resource_version,
      owner: operationId,
      priorUnschedulable: effect.prior_unschedulable,
    },
    signal,
  );
  return result === 'cordoned'
    ? { result: 'ok', detail: 'unschedulable' }
    : { result: 'refused', detail: 'the node changed meanwhile: look again' };
};
