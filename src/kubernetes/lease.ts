import type { V1Lease } from '@kubernetes/client-node';
import { DivisionError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { KubernetesApi, Result } from './api-call.ts';
import { clipped } from './api-status.ts';
import { WRITE } from './call-policy.ts';
import { V1MicroTime } from './client-node.ts';
import { refused } from './failures.ts';
import { OWN_LEASE } from './lease-names.ts';

/** Times a hold looks again when somebody writes the Lease in between. */
const MOST_LOOKS = 3;

/** Told to other readers of the Lease; it gives nobody a right to take it over (SAFETY 6). */
const DURATION_SECONDS = 60;

function readLease(api: KubernetesApi, signal: AbortSignal): Promise<V1Lease | undefined> {
  return api.find(api.read('get leases', signal), options => api.coordination.readNamespacedLease(OWN_LEASE, options));
}

function createLease(api: KubernetesApi, holder: string, now: Date, signal: AbortSignal): Promise<Result<V1Lease>> {
  const time = new V1MicroTime(now);
  const body: V1Lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...OWN_LEASE },
    spec: { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, acquireTime: time, renewTime: time },
  };
  return api.attempt(api.write('create leases', WRITE, signal), options =>
    api.coordination.createNamespacedLease({ namespace: OWN_LEASE.namespace, body }, options),
  );
}

/** Fenced by the resourceVersion that `lease` was read with. */
function replaceLease(api: KubernetesApi, lease: V1Lease, signal: AbortSignal): Promise<Result<V1Lease>> {
  return api.attempt(api.write('update leases', WRITE, signal), options =>
    api.coordination.replaceNamespacedLease({ ...OWN_LEASE, body: lease }, options),
  );
}

/** The Lease as read, held by `holder` from now on. */
function hold(lease: V1Lease, holder: string, now: Date): V1Lease {
  const time = new V1MicroTime(now);
  const spec = lease.spec ?? {};
  if (spec.holderIdentity !== holder) {
    spec.acquireTime = time;
    spec.leaseTransitions = (spec.leaseTransitions ?? 0) + 1;
  }
  spec.holderIdentity = holder;
  spec.leaseDurationSeconds = DURATION_SECONDS;
  spec.renewTime = time;
  lease.spec = spec;
  return lease;
}

/**
 * Takes or renews kube-system/containers-gm for `holder`. A foreign holder is OPERATION_CONFLICT, however old its renewal: there is
 * no takeover by time (SAFETY 6). A lost answer is safe: the next hold finds itself the holder.
 */
export async function holdLease(api: KubernetesApi, clock: Clock, holder: string, signal: AbortSignal): Promise<void> {
  if (holder === '') throw new DivisionError('INPUT_INVALID', 'a Lease needs a holder', 'give the operation id');
  for (let look = 0; look < MOST_LOOKS; look++) {
    const lease = await readLease(api, signal);
    const present = lease?.spec?.holderIdentity ?? '';
    if (present !== '' && present !== holder) throw foreignHolder(api.cluster, present);
    const now = new Date(clock.now());
    const result = await (lease === undefined
      ? createLease(api, holder, now, signal)
      : replaceLease(api, hold(lease, holder, now), signal));
    if ('value' in result) return;
    if (result.status.code !== 409) throw refused(api.cluster, 'update leases', result.status);
  }
  throw new DivisionError(
    'OPERATION_CONFLICT',
    `cluster ${api.cluster}: the Lease kube-system/containers-gm keeps changing`,
    'look who else works on this cluster (kubectl -n kube-system get lease containers-gm -o yaml)',
  );
}

/** Gives the Lease up if it is `holder`'s; anybody else's, or none, is left as it is. [OPERATION_CONFLICT when it keeps changing] */
export async function releaseLease(api: KubernetesApi, holder: string, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const lease = await readLease(api, signal);
    if (lease?.spec?.holderIdentity !== holder) return;
    delete lease.spec.holderIdentity;
    const result = await replaceLease(api, lease, signal);
    if ('value' in result || result.status.code === 404) return;
    if (result.status.code !== 409) throw refused(api.cluster, 'update leases', result.status);
  }
  throw new DivisionError(
    'OPERATION_CONFLICT',
    `cluster ${api.cluster}: the Lease kube-system/containers-gm keeps changing`,
    'release it again later',
  );
}

function foreignHolder(cluster: string, holder: string): DivisionError {
  const name = /^[\w.:/-]{1,128}$/.test(holder) ? ` "${clipped(holder)}"` : '';
  return new DivisionError(
    'OPERATION_CONFLICT',
    `cluster ${cluster}: another general manager${name} holds the Lease kube-system/containers-gm`,
    'let that operation end, or resolve it with a reason (control_operation resolve); it is never taken over by time',
  );
}
