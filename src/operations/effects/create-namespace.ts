import type { Performer } from './effect-performer.ts';

export const createNamespace: Performer<'create_namespace'> = async (effect, { writers, authorization, signal }) => {
  const { namespace: name, labels } = effect;
  const result = await writers.workloads.createNamespace(authorization, { name, labels }, signal);
  if (result === 'terminating') return { result: 'refused', detail: `namespace ${name} is still being deleted` };
  return { result: 'ok', detail: result === 'created' ? `namespace ${name} created` : `namespace ${name} is there` };
};
