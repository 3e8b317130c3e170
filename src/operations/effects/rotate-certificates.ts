import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

export const rotateCertificates: Performer<'rotate_certificates'> = async (
  effect,
  { writers, authorization, signal, fence },
) => {
  const claim = await writers.talos.rotateCertificates(
    authorization,
    { ...attemptDispatch(effect), authority: effect.authority, talosconfigPath: effect.talosconfig_path },
    signal,
    fence,
  );
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
