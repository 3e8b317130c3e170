import type { Performer } from './effect-performer.ts';

export const reboot: Performer<'reboot'> = async (effect, { writers, authorization, signal, fence }) => {
  const claim = await writers.talos.reboot(
    authorization,
    {
      address: effect.address,
      endpoints: effect.endpoints,
      attemptId: effect.attempt_id,
      systemUuid: effect.system_uuid,
      bootId: effect.boot_id,
      ...(effect.supersedes !== undefined && { supersedes: effect.supersedes }),
    },
    signal,
    fence,
  );
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
