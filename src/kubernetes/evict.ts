import type { V1Pod } from '@kubernetes/client-node';
import { DivisionError } from '../errors.ts';
import type { EvictionOutcome } from '../ports.ts';
import type { KubernetesApi } from './api-call.ts';
import { EVICT } from './call-policy.ts';
import { evictionOutcome } from './eviction-outcome.ts';
import { assertName } from './object-name.ts';
import { CORE, namespaced } from './request.ts';

interface PodIdentity {
  namespace: string;
  name: string;
  uid: string;
}

/** Failures that leave the outcome open; the uid precondition makes asking again safe. */
const OPEN_ENDS = new Set<DivisionError['code']>(['KUBERNETES_UNAVAILABLE', 'TIMEOUT']);

/**
 * Asks once to evict exactly the pod with this uid, never the one that took its name. The body names neither apiVersion nor kind: so
 * every server version that serves pods/eviction takes it. `fence` is asked on the connection, right before the request is sent
 * (SAFETY 6). Repeating is the caller's decision. [CANCELLED, KUBERNETES_DENIED for 401, what `fence` throws]
 */
export async function evictPod(
  api: KubernetesApi,
  pod: PodIdentity,
  signal: AbortSignal,
  fence: () => Promise<void>,
): Promise<EvictionOutcome> {
  assertName(pod.namespace, 'namespace');
  assertName(pod.name, 'pod');
  const { namespace, name, uid } = pod;
  const body = { metadata: { namespace, name }, deleteOptions: { preconditions: { uid } } };
  let stop: unknown;
  const beforeSend = (): Promise<void> =>
    fence().catch((error: unknown) => {
      stop = error;
      throw error;
    });
  try {
    const call = { ...api.write('create pods/eviction', EVICT, signal), beforeSend };
    const result = await api.attempt(call, {
      method: 'POST',
      path: namespaced(CORE, namespace, 'pods', name, 'eviction'),
      body,
    });
    if ('value' in result) return { kind: 'evicted' };
    const outcome = evictionOutcome(result.status);
    return outcome.kind === 'unsure' ? await lookForPod(api, pod, result.status.message, signal) : outcome;
  } catch (error) {
    if (error !== stop && error instanceof DivisionError && OPEN_ENDS.has(error.code))
      return { kind: 'transient', message: error.message };
    throw error;
  }
}

/** After 404 or 409: gone is what another look shows to be gone, or to be somebody else under the same name. */
async function lookForPod(
  api: KubernetesApi,
  { namespace, name, uid }: PodIdentity,
  message: string,
  signal: AbortSignal,
): Promise<EvictionOutcome> {
  const path = namespaced(CORE, namespace, 'pods', name);
  const found = await api.find<V1Pod>(api.read('get pods', signal), { method: 'GET', path });
  return found?.metadata?.uid === uid ? { kind: 'transient', message } : { kind: 'gone' };
}
