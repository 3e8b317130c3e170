import type { KubeObject } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { applyObject } from './apply/server-side-apply.ts';
import { readBody } from './body.ts';
import { deleteCollectionReply, deleteReply } from './delete-request.ts';
import { endpointSlicePage, endpointSlices, isEndpointSlice } from './endpoint-slices.ts';
import { asText, type JsonObject } from './json.ts';
import { listPage } from './list.ts';
import { metricsOf } from './metrics.ts';
import { isApply, patched, readConfiguration } from './patch-request.ts';
import { jsonReply, type Reply } from './reply.ts';
import { representList, representObject, watchRowOf } from './representation.ts';
import { type ApiRequest, isDryRun, managerOf, type NamedTarget, type Target } from './request.ts';
import { reviewOf } from './reviews.ts';
import { methodNotAllowed, notFound } from './status.ts';
import { subresourceReply } from './subresource-requests.ts';
import { watchReply } from './watch.ts';
import { createObject, type Writer } from './writes/create.ts';
import { updateObject } from './writes/update.ts';

/** The stored object a request names. Throws 404. */
function currentOf(cluster: ApiCluster, { info, namespace, name }: NamedTarget): KubeObject {
  const found = isEndpointSlice({ info })
    ? endpointSlices(cluster, namespace).find(({ metadata }) => metadata.name === name)
    : cluster.store.get(info.key, info.namespaced ? namespace : undefined, name);
  if (found === undefined) throw notFound(info, name);
  return found;
}

const writerOf = (request: ApiRequest): Writer => ({
  manager: managerOf(request),
  dryRun: isDryRun(request.query),
});

/** PATCH of an object or its status, apply included. */
function patchReply(cluster: ApiCluster, request: ApiRequest, target: NamedTarget): Reply {
  const { info, namespace, name } = target;
  const subresource = target.subresource === 'status' ? 'status' : undefined;
  const writer = writerOf(request);
  if (isApply(request)) {
    const manager = request.query.get('fieldManager') ?? '';
    const configuration = readConfiguration(request, info.kind);
    const force = request.query.get('force') === 'true';
    if (subresource !== undefined) currentOf(cluster, target);
    const applied = applyObject(cluster, {
      info,
      namespace,
      name,
      configuration,
      manager,
      force,
      dryRun: writer.dryRun,
      subresource,
    });
    return representObject(cluster, request, info, applied.object, applied.created ? 201 : 200);
  }
  const current = currentOf(cluster, target);
  const next = patched(request, info.kind, current);
  const object = updateObject(cluster, info, current, next, { writer, subresource, isPatch: true });
  return representObject(cluster, request, info, object);
}

/** PUT of an object or its status. */
function updateReply(cluster: ApiCluster, request: ApiRequest, target: NamedTarget): Reply {
  const { info } = target;
  const subresource = target.subresource === 'status' ? 'status' : undefined;
  const next: JsonObject = readBody(request, info.kind);
  const object = updateObject(cluster, info, currentOf(cluster, target), next, {
    writer: writerOf(request),
    subresource,
  });
  return representObject(cluster, request, info, object);
}

function createReply(cluster: ApiCluster, request: ApiRequest, target: Target): Reply {
  const body = readBody(request, target.info.kind);
  if (target.info.served === 'review') return jsonReply(201, reviewOf(target.info, body));
  const object = createObject(cluster, target.info, target.namespace, body, writerOf(request));
  return representObject(cluster, request, target.info, object, 201);
}

function collectionReply(cluster: ApiCluster, request: ApiRequest, target: Target): Reply {
  if (target.verb === 'list') {
    const page = isEndpointSlice(target) ? endpointSlicePage(cluster, target, request.query) : undefined;
    return representList(cluster, request, target.info, page ?? listPage(cluster, target, request.query));
  }
  if (target.verb === 'create') return createReply(cluster, request, target);
  if (target.verb === 'deletecollection') return deleteCollectionReply(cluster, request, target);
  throw methodNotAllowed();
}

/** Answers every request about a resource. Throws ApiError. */
export function resourceReply(cluster: ApiCluster, request: ApiRequest, target: Target): Reply {
  if (target.info.served === 'metrics') return jsonReply(200, metricsOf(cluster, target, request.query));
  if (target.verb === 'watch')
    return watchReply(cluster, request.node, target, request.query, watchRowOf(cluster, request, target.info));
  const name = asText(target.name);
  if (name === '') return collectionReply(cluster, request, target);
  const named: NamedTarget = { ...target, name };
  if (target.subresource !== undefined && target.subresource !== 'status')
    return subresourceReply(cluster, request, named);
  if (target.verb === 'get') return representObject(cluster, request, target.info, currentOf(cluster, named));
  if (target.verb === 'update') return updateReply(cluster, request, named);
  if (target.verb === 'patch') return patchReply(cluster, request, named);
  if (target.verb === 'delete') return deleteReply(cluster, request, named);
  throw methodNotAllowed();
}
