import type { Performer } from './effect-performer.ts';

const detailByResult = {
  uncordoned: 'the prior state is given back',
  'not-ours': 'the cordon is not ours: left as it is',
  conflict: 'the node changed meanwhile: look again',
} as const;

export const uncordon: Performer<'uncordon'> = async (effect, { writers, authorization, operationId, signal }) => {
  const result = await writers.kubernetes.uncordon(authorization, { node: effect.node, owner: operationId }, signal);
  return { result: result === 'conflict' ? 'refused' : 'ok', detail: detailByResult[result] };
};
