import type { Performer } from './effect-performer.ts';

export const snapshot: Performer<'snapshot'> = async (effect, { writers, authorization, signal }) => {
  const saved = await writers.talos.snapshot(
    authorization,
    { address: effect.address, endpoints: effect.endpoints, path: effect.path },
    signal,
  );
  return {
    result: 'ok',
    detail: `etcd snapshot of ${saved.bytes} bytes, sha256 ${saved.sha256.slice(0, 16)}`,
    snapshot: saved,
  };
};
