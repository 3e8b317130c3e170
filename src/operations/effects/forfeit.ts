import type { Performer } from './effect-performer.ts';

export const forfeit: Performer<'forfeit'> = async (effect, { writers, authorization, signal }) => {
  await writers.talos.forfeitLeadership(
    authorization,
    { address: effect.address, endpoints: effect.endpoints },
    signal,
  );
  return { result: 'ok', detail: `${effect.node} was asked to forfeit etcd leadership` };
};
