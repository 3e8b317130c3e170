import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

/** With etcd lost there is no Kubernetes to ask for the Lease: the contractor refuses while etcd runs anywhere. */
export const recoverEtcd: Performer<'recover_etcd'> = async (effect, { writers, authorization, signal }) => {
  const { path, sha256, control_plane: controlPlane, gone } = effect;
  const attempt = { ...attemptDispatch(effect), path, sha256, controlPlane, gone };
  const claim = await writers.talos.recoverEtcd(authorization, attempt, signal);
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
