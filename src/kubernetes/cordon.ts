import type { V1Node } from '@kubernetes/client-node';
import type { KubernetesApi, Result } from './api-call.ts';
import type { ApiStatus } from './api-status.ts';
import { WRITE } from './call-policy.ts';
import { notFound, refused } from './failures.ts';
import { CORDONED_BY, PRIOR_UNSCHEDULABLE } from './node-facts.ts';
import { assertName } from './object-name.ts';
import { CORE, pathOf } from './request.ts';

const PATCH = 'patch nodes';

/** Times an uncordon looks again when somebody changes the node in between. */
const MOST_LOOKS = 3;

const isMissing = (status: ApiStatus): boolean => status.code === 404 && status.reason === 'NotFound';

function patchNode(api: KubernetesApi, name: string, body: object, signal: AbortSignal): Promise<Result<V1Node>> {
  return api.attempt<V1Node>(api.write(PATCH, WRITE, signal), {
    method: 'PATCH',
    path: pathOf(...CORE, 'nodes', name),
    query: { fieldManager: 'containers-gm' },
    body,
    contentType: 'application/merge-patch+json',
  });
}

/**
 * Cordons by one PATCH: unschedulable, owner and prior state together, on the node as it was at `resourceVersion` (SAFETY 8). Lost
 * answers are safe: a repeat finds another resourceVersion and says `conflict`, and the next look finds our cordon.
 */
export async function cordonNode(
  api: KubernetesApi,
  cordon: { node: string; resourceVersion: string; owner: string; priorUnschedulable: boolean },
  signal: AbortSignal,
): Promise<'cordoned' | 'conflict'> {
  assertName(cordon.node, 'node');
  const annotations = { [CORDONED_BY]: cordon.owner, [PRIOR_UNSCHEDULABLE]: String(cordon.priorUnschedulable) };
  const body = {
    metadata: { resourceVersion: cordon.resourceVersion, annotations },
    spec: { unschedulable: true },
  };
  const result = await patchNode(api, cordon.node, body, signal);
  if ('value' in result) return 'cordoned';
  if (result.status.code === 409) return 'conflict';
  if (isMissing(result.status)) throw notFound(api.cluster, PATCH, `node ${cordon.node}`);
  throw refused(api.cluster, PATCH, result.status);
}

/**
 * Gives the node back as it was before `owner`'s cordon, and only that cordon. A node that was unschedulable before stays so; one that
 * somebody made schedulable meanwhile is not cordoned again. Without an intelligible prior state the cordon counts as not ours.
 */
export async function uncordonNode(
  api: KubernetesApi,
  uncordon: { node: string; owner: string },
  signal: AbortSignal,
): Promise<'uncordoned' | 'not-ours' | 'conflict'> {
  assertName(uncordon.node, 'node');
  const name = uncordon.node;
  for (let look = 0; look < MOST_LOOKS; look++) {
    const node = await api.find<V1Node>(api.read('get nodes', signal), {
      method: 'GET',
      path: pathOf(...CORE, 'nodes', name),
    });
    if (node === undefined) throw notFound(api.cluster, 'get nodes', `node ${name}`);
    const annotations = node.metadata?.annotations ?? {};
    const prior = annotations[PRIOR_UNSCHEDULABLE];
    if (annotations[CORDONED_BY] !== uncordon.owner || (prior !== 'true' && prior !== 'false')) return 'not-ours';
    const body = {
      metadata: {
        resourceVersion: node.metadata?.resourceVersion,
        annotations: { [CORDONED_BY]: null, [PRIOR_UNSCHEDULABLE]: null },
      },
      ...(prior === 'true' ? {} : { spec: { unschedulable: null } }),
    };
    const result = await patchNode(api, name, body, signal);
    if ('value' in result) return 'uncordoned';
    if (isMissing(result.status)) throw notFound(api.cluster, PATCH, `node ${name}`);
    if (result.status.code !== 409) throw refused(api.cluster, PATCH, result.status);
  }
  return 'conflict';
}
