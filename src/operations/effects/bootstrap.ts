import { attemptDispatch } from './attempt-dispatch.ts';
import type { Performer } from './effect-performer.ts';

/** Before it there is no Kubernetes to hold the Lease in: the contractor's own claim keeps it from being done twice. */
export const bootstrap: Performer<'bootstrap'> = async (effect, { writers, authorization, signal }) => {
  const attempt = { ...attemptDispatch(effect), controlPlane: effect.control_plane };
  const claim = await writers.talos.bootstrap(authorization, attempt, signal);
  return { result: claim.accepted ? 'ok' : 'refused', detail: claim.detail };
};
