import type { ApiCluster } from './api-cluster.ts';
import { readBody } from './body.ts';
import { type Deletion, type DeletionOptions, deleteObject } from './deletion.ts';
import { asList, asObject, asText } from './json.ts';
import { jsonReply, type Reply } from './reply.ts';
import { representObject } from './representation.ts';
import { type ApiRequest, isDryRun, type NamedTarget, type Target } from './request.ts';
import { apiVersionOf, type ResourceInfo } from './resource.ts';
import { selectionOf } from './selection.ts';
import { badRequest } from './status.ts';
import { listTexts } from './tables/table.ts';

const POLICIES: readonly string[] = ['Background', 'Foreground', 'Orphan'];
/** Resources whose immediate deletion answers the object; the others answer a Status. */
const RETURNS_OBJECT = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

function readGrace(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  const seconds = Number(value);
  if (!Number.isInteger(seconds)) throw badRequest(`gracePeriodSeconds: invalid value ${JSON.stringify(value)}`);
  return seconds;
}

/** Options of body and query; the body wins. Throws 400. */
function optionsOf(request: ApiRequest): DeletionOptions {
  const body = readBody(request, 'DeleteOptions');
  const preconditions = asObject(body.preconditions);
  const policy = asText(body.propagationPolicy) || (request.query.get('propagationPolicy') ?? '');
  if (policy !== '' && !POLICIES.includes(policy)) throw badRequest(`propagationPolicy: unsupported value ${policy}`);
  const grace = readGrace(body.gracePeriodSeconds ?? request.query.get('gracePeriodSeconds'));
  const orphans = body.orphanDependents === true || policy === 'Orphan';
  const propagationPolicy = orphans ? 'Orphan' : policy === 'Foreground' ? 'Foreground' : 'Background';
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(typeof preconditions.uid === 'string' && preconditions.uid !== ''
      ? { preconditions: preconditionsOf(preconditions) }
      : {}),
    ...(typeof preconditions.resourceVersion === 'string' ? { preconditions: preconditionsOf(preconditions) } : {}),
    propagationPolicy,
    dryRun: isDryRun(request.query) || asList(body.dryRun).includes('All'),
  };
}

function preconditionsOf(given: Record<string, unknown>): { uid?: string; resourceVersion?: string } {
  const uid = asText(given.uid);
  const resourceVersion = asText(given.resourceVersion);
  return { ...(uid === '' ? {} : { uid }), ...(resourceVersion === '' ? {} : { resourceVersion }) };
}

const because = (cluster: ApiCluster, info: ResourceInfo, act: () => Deletion): Deletion =>
  info.key === 'pods' ? cluster.ledger.because('deletion', act) : act();

/** DELETE of one object: the object while it is terminating, else what its resource answers. */
export function deleteReply(cluster: ApiCluster, request: ApiRequest, target: NamedTarget): Reply {
  const { info, namespace, name } = target;
  const options = optionsOf(request);
  const { object, removed } = because(cluster, info, () => deleteObject(cluster, info.key, namespace, name, options));
  const isWaiting = !removed && options.propagationPolicy === 'Foreground' && info.key !== 'pods';
  if (!removed || RETURNS_OBJECT.has(info.key))
    return representObject(cluster, request, info, object, isWaiting ? 202 : 200);
  const details = {
    name,
    ...(info.group === '' ? {} : { group: info.group }),
    kind: info.plural,
    uid: object.metadata.uid,
  };
  return jsonReply(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** DELETE of a collection: every object of the selection, as it was. */
export function deleteCollectionReply(cluster: ApiCluster, request: ApiRequest, target: Target): Reply {
  const { info, namespace } = target;
  const { preconditions: _ofOne, ...options } = optionsOf(request);
  const matches = selectionOf(target, request.query);
  const found = cluster.store.list(info.key, namespace).filter(matches);
  const items = found.map(({ metadata }) =>
    because(cluster, info, () => deleteObject(cluster, info.key, metadata.namespace, metadata.name, options)),
  );
  const meta = { resourceVersion: String(cluster.store.resourceVersion) };
  return {
    code: 200,
    text: listTexts(
      info.kind,
      apiVersionOf(info),
      meta,
      items.map(({ object }) => object),
    ),
  };
}
