import type { Performer } from './effect-performer.ts';

export const install: Performer<'install'> = async (effect, { writers, authorization, signal, fence }) => {
  const claim = await writers.talos.install(
    authorization,
    {
      address: effect.address,
      endpoints: effect.endpoints,
      attemptId: effect.attempt_id,
      systemUuid: effect.system_uuid,
      bootId: effect.boot_id,
      ...(effect.supersedes !== undefined && { supersedes: effect.supersedes }),
      image: effect.image,
      reboots: effect.reboots,
    },
    signal,
    fence,
  );
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
