import { deepEqual } from '../world/deep.ts';
import type { KubeObject } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { readBody } from './body.ts';
import { refuseEviction } from './edge-faults.ts';
import { evictPod } from './eviction.ts';
import { asList, asText, isObject } from './json.ts';
import { patched } from './patch-request.ts';
import { jsonReply, type Reply } from './reply.ts';
import { type ApiRequest, isDryRun, managerOf, type NamedTarget } from './request.ts';
import { badRequest, methodNotAllowed, notFound } from './status.ts';
import { bindPod } from './subresources/binding.ts';
import { logReply } from './subresources/log.ts';
import { scaleOf, writeScale } from './subresources/scale.ts';
import { requireKind } from './writes/namespace-rules.ts';

function scaleReply(cluster: ApiCluster, request: ApiRequest, { info, verb }: NamedTarget, current: KubeObject): Reply {
  if (verb === 'get') return jsonReply(200, scaleOf(current));
  const before = scaleOf(current);
  const next = verb === 'patch' ? patched(request, 'Scale', before) : readBody(request, 'Scale');
  requireKind('autoscaling/v1', 'Scale', next);
  const writer = { manager: managerOf(request), dryRun: isDryRun(request.query) };
  if (deepEqual(before, next)) return jsonReply(200, before);
  return jsonReply(200, scaleOf(writeScale(cluster, info, current, next, writer)));
}

function evictionReply(cluster: ApiCluster, request: ApiRequest, target: NamedTarget, pod: KubeObject): Reply {
  const body = readBody(request, 'Eviction');
  const version = asText(body.apiVersion);
  if (version !== '' && version !== 'policy/v1' && version !== 'policy/v1beta1')
    requireKind('policy/v1', 'Eviction', body);
  refuseEviction(cluster, pod);
  const dryRun = asList(request.query.getAll('dryRun')).map(value => asText(value));
  return jsonReply(201, evictPod(cluster, asText(target.namespace), target.name, body, dryRun));
}

/** Answers scale, eviction, binding and log. Throws ApiError. */
export function subresourceReply(cluster: ApiCluster, request: ApiRequest, target: NamedTarget): Reply {
  const { info, namespace, name, subresource } = target;
  const current = cluster.store.get(info.key, namespace, name);
  if (current === undefined) throw notFound(info, name);
  if (subresource === 'scale') return scaleReply(cluster, request, target, current);
  if (subresource === 'eviction') return evictionReply(cluster, request, target, current);
  if (subresource === 'log') return logReply(cluster, current, request.query);
  if (subresource !== 'binding') throw methodNotAllowed();
  const body = readBody(request, 'Binding');
  if (!isObject(body.target)) throw badRequest('target: Required value');
  return jsonReply(201, bindPod(cluster, current, body, isDryRun(request.query)));
}
