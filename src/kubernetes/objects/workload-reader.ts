import { at, labelsAt, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { EndpointFacts, NamespaceFacts, ObjectRef, QuotaFacts } from '../../model/workload-facts.ts';
import type { WorkloadReader } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { missingDeployRights } from '../permissions.ts';
import { dryRunObjects } from './dry-run.ts';
import { findLive, listLive, objectFacts, project } from './live-objects.ts';
import { objectPath } from './object-path.ts';
import { findRaw, type JsonObject } from './raw-api.ts';
import type { Resource, ResourceMap } from './resource-map.ts';
import { readRevisions } from './revisions.ts';
import { ROLLING_KINDS, rolloutFacts } from './rollout.ts';

const NAMESPACES: Resource = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const QUOTAS: Resource = { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true };
const SERVICES: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true };
const SLICES: Resource = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
};
const SERVICE_OF_SLICE = 'kubernetes.io/service-name';

/** [INPUT_INVALID] */
export function assertRolls({ kind }: ObjectRef): void {
  if (ROLLING_KINDS.includes(kind)) return;
  throw new DivisionError(
    'INPUT_INVALID',
    'only a Deployment, a StatefulSet or a DaemonSet rolls out',
    'name one of those',
  );
}

/** Reads of one cluster's workloads; errors as in ports/workloads.ts. */
export function workloadReader(api: KubernetesApi, resources: ResourceMap): WorkloadReader {
  return {
    cluster: api.cluster,
    object: async (ref, signal) => {
      const found = await findLive(api, resources, ref, signal);
      return found && project(api, `get ${found.resource.plural}`, () => objectFacts(found.live, found.resource));
    },
    list: async ({ apiVersion, kind }, options, signal) => {
      const resource = await resources.find(apiVersion, kind, signal);
      if (resource === undefined) return [];
      return listLive(api, resource, options, live => objectFacts(live, resource), signal);
    },
    rollout: async (ref, signal) => {
      assertRolls(ref);
      const found = await findLive(api, resources, ref, signal);
      return found && project(api, `get ${found.resource.plural}`, () => rolloutFacts(found.live, ref));
    },
    revisions: async (ref, signal) => {
      assertRolls(ref);
      const found = await readRevisions(api, resources, ref, signal);
      return (found?.revisions ?? []).map(({ template: _template, ...facts }) => facts);
    },
    endpoints: (service, signal) => readEndpoints(api, service, signal),
    namespaces: signal => readNamespaces(api, signal),
    dryRun: (wanted, signal) => dryRunObjects(api, resources, wanted, signal),
    missingRights: signal => missingDeployRights(api, signal),
  };
}

/** Pods behind a Service, each once whatever the number of its addresses. A readiness that is not told counts as ready (discovery/v1). */
async function readEndpoints(
  api: KubernetesApi,
  { namespace, name }: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<EndpointFacts | undefined> {
  const service = await findRaw(api, api.read('get services', signal), objectPath(SERVICES, { namespace, name }));
  if (service === undefined) return undefined;
  const options = { namespace, labels: { [SERVICE_OF_SLICE]: name } };
  const slices = await listLive(api, SLICES, options, slice => objectsAt(slice, 'endpoints'), signal);
  const ready = new Map<string, boolean>();
  for (const endpoint of slices.flat()) {
    const key = textAt(endpoint, 'targetRef', 'uid') ?? textAt(endpoint, 'addresses', 0) ?? '';
    if (key !== '') ready.set(key, at(endpoint, 'conditions', 'ready') !== false);
  }
  const count = [...ready.values()].filter(Boolean).length;
  return { ready: count, notReady: ready.size - count };
}

/** A quota that counts only some pods (scopes) says nothing about all of them. */
function quotaOf(live: JsonObject): { namespace: string; quota: QuotaFacts }[] {
  const scopes = at(live, 'spec', 'scopes');
  if ((Array.isArray(scopes) && scopes.length > 0) || at(live, 'spec', 'scopeSelector') !== undefined) return [];
  const hard = { ...labelsAt(live, 'spec', 'hard'), ...labelsAt(live, 'status', 'hard') };
  const quota = { name: textAt(live, 'metadata', 'name') ?? '', hard, used: labelsAt(live, 'status', 'used') };
  return [{ namespace: textAt(live, 'metadata', 'namespace') ?? '', quota }];
}

async function readNamespaces(api: KubernetesApi, signal: AbortSignal): Promise<NamespaceFacts[]> {
  const [namespaces, quotas] = await Promise.all([
    listLive(api, NAMESPACES, {}, live => objectFacts(live, NAMESPACES), signal),
    listLive(api, QUOTAS, {}, quotaOf, signal),
  ]);
  return namespaces.map(({ ref: { name }, uid, labels, terminatingSince }) => ({
    name,
    uid,
    labels,
    isTerminating: terminatingSince !== undefined,
    quotas: quotas.flat().flatMap(({ namespace, quota }) => (namespace === name ? quota : [])),
  }));
}
