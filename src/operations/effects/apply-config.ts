import type { Performer } from './effect-performer.ts';

export const applyConfig: Performer<'apply_config'> = async (effect, { writers, authorization, signal, fence }) => {
  const { address, endpoints, system_uuid: systemUuid, path, sha256, mode, maintenance } = effect;
  const config = { address, endpoints, systemUuid, path, sha256, mode, maintenance };
  // A machine without a configuration is no node yet: nothing is disrupted, and a new cluster has no Lease to hold.
  const applied = await writers.talos.applyConfig(authorization, config, signal, maintenance ? undefined : fence);
  return { result: 'ok', detail: applied.detail };
};
