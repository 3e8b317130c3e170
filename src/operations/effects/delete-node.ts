import type { Performer } from './effect-performer.ts';

export const deleteNode: Performer<'delete_node'> = async (effect, { writers, authorization, signal }) => {
  const { node: name, uid } = effect;
  const result = await writers.workloads.deleteNode(authorization, { name, uid }, signal);
  if (result !== 'kept') return { result: 'ok', detail: `node ${name} ${result}` };
  return { result: 'failed', code: 'STALE_PLAN', detail: `another node has the name ${name} now: it stays` };
};
