import type { Performer } from './effect-performer.ts';

export const defragment: Performer<'defragment'> = async (effect, { writers, authorization, signal, fence }) => {
  const target = { address: effect.address, endpoints: effect.endpoints };
  return { result: 'ok', detail: await writers.talos.defragment(authorization, target, signal, fence) };
};
