import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

export const upgradeKubernetes: Performer<'upgrade_kubernetes'> = async (
  effect,
  { writers, authorization, signal, fence },
) => {
  const claim = await writers.talos.upgradeKubernetes(
    authorization,
    { ...attemptDispatch(effect), from: effect.from, to: effect.to, kubelets: effect.kubelets },
    signal,
    fence,
  );
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
