import type { DeletionOptions } from '../../kubernetes-api/deletion.ts';
import { deleteObject } from '../../kubernetes-api/deletion.ts';
import { ApiError } from '../../kubernetes-api/status.ts';
import type { DisruptionCause } from '../../ledger.ts';
import type { SimCluster } from '../cluster.ts';
import type { KubeObject, Resource } from '../store.ts';

/** Deletes for a controller: an object that is gone already, or is another by now, is none of its business. */
export function removeFor(
  cause: DisruptionCause,
  cluster: SimCluster,
  resource: Resource,
  { metadata }: KubeObject,
  options: DeletionOptions = {},
): void {
  const { namespace, name, uid } = metadata;
  try {
    cluster.ledger.because(cause, () =>
      deleteObject(cluster, resource, namespace, name, { ...options, preconditions: { uid } }),
    );
  } catch (error) {
    const isGone = error instanceof ApiError && (error.code === 404 || error.code === 409);
    if (!isGone) throw error;
  }
}
