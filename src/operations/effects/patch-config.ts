import type { Performer } from './effect-performer.ts';

export const patchConfig: Performer<'patch_config'> = async (effect, { writers, authorization, signal, fence }) => {
  const { address, endpoints, system_uuid: systemUuid, patch, mode } = effect;
  const config = { address, endpoints, systemUuid, patch, mode };
  const applied = await writers.talos.patchConfig(authorization, config, signal, fence);
  return { result: 'ok', detail: applied.detail };
};
