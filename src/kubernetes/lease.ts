import { DivisionError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { KubernetesApi, Result } from './api-call.ts';
import { clipped } from './api-status.ts';
import { WRITE } from './call-policy.ts';
import { refused } from './failures.ts';
import { OWN_LEASE } from './lease-names.ts';
import { COORDINATION, namespaced } from './request.ts';

/** Times a hold looks again when somebody writes the Lease in between. */
const MOST_LOOKS = 3;

/**
 * Which division directory the holder's operation is in. An operation's id derives from its plan, so the same plan started in two
 * directories is one id: without this both would take the other's hold for their own.
 */
export const HELD_FROM = 'containers-gm/directory';

/** Told to other readers of the Lease; it gives nobody a right to take it over (SAFETY 6). */
const DURATION_SECONDS = 60;

/** Who holds the Lease, or is to. */
export interface LeaseHolder {
  /** The operation's id, as `holderIdentity`. */
  holder: string;
  /** The division directory's own id; undefined: not told, then the operation's id alone decides. */
  directory?: string | undefined;
}

export interface Hold extends LeaseHolder {
  /** A holder that a human resolved to be gone for good: the Lease is taken over from it, and from nobody else. */
  insteadOf?: string | undefined;
}

/** What is read of a Lease; the rest of it is written back as it came. */
interface RawLease {
  metadata?: { annotations?: Record<string, string> };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    leaseTransitions?: number;
    acquireTime?: string;
    renewTime?: string;
  };
}

const LEASES = namespaced(COORDINATION, OWN_LEASE.namespace, 'leases');
const PATH = `${LEASES}/${OWN_LEASE.name}`;

/** Kubernetes' MicroTime takes exactly six digits after the second. */
const microTime = (at: Date): string => at.toISOString().replace('Z', '000Z');

function readLease(api: KubernetesApi, signal: AbortSignal): Promise<RawLease | undefined> {
  return api.find(api.read('get leases', signal), { method: 'GET', path: PATH });
}

function createLease(api: KubernetesApi, hold: Hold, now: Date, signal: AbortSignal): Promise<Result<RawLease>> {
  const time = microTime(now);
  const { holder, directory } = hold;
  const body = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...OWN_LEASE, ...(directory !== undefined && { annotations: { [HELD_FROM]: directory } }) },
    spec: { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, acquireTime: time, renewTime: time },
  };
  return api.attempt(api.write('create leases', WRITE, signal), { method: 'POST', path: LEASES, body });
}

/** Fenced by the resourceVersion that `lease` was read with. */
function replaceLease(api: KubernetesApi, lease: RawLease, signal: AbortSignal): Promise<Result<RawLease>> {
  return api.attempt(api.write('update leases', WRITE, signal), { method: 'PUT', path: PATH, body: lease });
}

/** Its holder's name; empty when nobody holds it. */
const holderOf = (lease: RawLease | undefined): string => lease?.spec?.holderIdentity ?? '';

/** Held by this operation in this directory. A directory that is not told, there or here, is no other one. */
function isOurs(lease: RawLease | undefined, { holder, directory }: LeaseHolder): boolean {
  const heldFrom = lease?.metadata?.annotations?.[HELD_FROM];
  const isElsewhere = heldFrom !== undefined && directory !== undefined && heldFrom !== directory;
  return holderOf(lease) === holder && !isElsewhere;
}

/** The Lease as read, held by `holder` from now on. */
function held(lease: RawLease, { holder, directory }: LeaseHolder, now: Date): RawLease {
  const time = microTime(now);
  const spec = lease.spec ?? {};
  if (!isOurs(lease, { holder, directory })) {
    spec.acquireTime = time;
    spec.leaseTransitions = (spec.leaseTransitions ?? 0) + 1;
  }
  spec.holderIdentity = holder;
  spec.leaseDurationSeconds = DURATION_SECONDS;
  spec.renewTime = time;
  lease.spec = spec;
  if (directory !== undefined) {
    lease.metadata ??= {};
    lease.metadata.annotations = { ...lease.metadata.annotations, [HELD_FROM]: directory };
  }
  return lease;
}

/**
 * Takes or renews kube-system/containers-gm. A foreign holder is OPERATION_CONFLICT, however old its renewal: there is no takeover by
 * time, only `insteadOf` a holder that a human named (SAFETY 6). A lost answer is safe: the next hold finds itself the holder.
 *
 * What it proves is the past: the Lease was ours when the API server wrote the renewal. A process that is stopped right after it, and
 * goes on when somebody else holds the Lease, still sends what it was about to send; neither an eviction nor Talos takes a fencing
 * token. So the check comes last before each request, and each request has a precondition of its own: a cordon the node's
 * resourceVersion, an eviction the pod's UID, an install or reboot the machine's boot id.
 */
export async function holdLease(api: KubernetesApi, clock: Clock, hold: Hold, signal: AbortSignal): Promise<void> {
  if (hold.holder === '') throw new DivisionError('INPUT_INVALID', 'a Lease needs a holder', 'give the operation id');
  for (let look = 0; look < MOST_LOOKS; look++) {
    const lease = await readLease(api, signal);
    const present = holderOf(lease);
    const isFree = present === '' || present === hold.insteadOf || isOurs(lease, hold);
    if (!isFree) throw foreignHolder(api.cluster, present, present === hold.holder);
    const now = new Date(clock.now());
    const result = await (lease === undefined
      ? createLease(api, hold, now, signal)
      : replaceLease(api, held(lease, hold, now), signal));
    if ('value' in result) return;
    if (result.status.code !== 409) throw refused(api.cluster, 'update leases', result.status);
  }
  throw new DivisionError(
    'OPERATION_CONFLICT',
    `cluster ${api.cluster}: the Lease kube-system/containers-gm keeps changing`,
    'look who else works on this cluster (kubectl -n kube-system get lease containers-gm -o yaml)',
  );
}

/** Gives the Lease up if it is the holder's; anybody else's, or none, is left as it is. [OPERATION_CONFLICT when it keeps changing] */
export async function releaseLease(api: KubernetesApi, holder: LeaseHolder, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const lease = await readLease(api, signal);
    if (lease?.spec === undefined || !isOurs(lease, holder)) return;
    delete lease.spec.holderIdentity;
    delete lease.metadata?.annotations?.[HELD_FROM];
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

function foreignHolder(cluster: string, holder: string, isOfAnotherDirectory: boolean): DivisionError {
  const from = isOfAnotherDirectory ? ' in another division directory' : '';
  const name = /^[\w.:/-]{1,128}$/.test(holder) ? ` "${clipped(holder)}"` : '';
  return new DivisionError(
    'OPERATION_CONFLICT',
    `cluster ${cluster}: another general manager${name}${from} holds the Lease kube-system/containers-gm`,
    `let that operation end; if it is gone for good, control_operation resolve with node ${cluster} as abandon, then resume; it is never taken over by time`,
  );
}
