import { at, labelsAt, objectsAt, textAt } from '../decisions/manifest/json.ts';
import { quantityMillis, quantityUnits } from '../decisions/quantity.ts';
import type { UsageReader } from '../ports/usage.ts';
import type { KubernetesApi } from './api-call.ts';
import { listLive, visitLive } from './objects/live-objects.ts';
import type { JsonObject } from './objects/raw-api.ts';
import type { Resource, ResourceMap } from './objects/resource-map.ts';
import { required } from './wire.ts';

const METRICS = 'metrics.k8s.io/v1beta1';

interface Used {
  namespace: string | undefined;
  name: string;
  cpuMillis: number;
  memoryBytes: number;
}

/** @throws TypeError for text that is no quantity */
function amount(value: number | undefined, field: string): number {
  if (value === undefined) throw new TypeError(`${field} is no quantity`);
  return value;
}

function usedBy(live: JsonObject, parts: readonly JsonObject[]): Used {
  const usages = parts.map(part => labelsAt(part, 'usage'));
  return {
    namespace: textAt(live, 'metadata', 'namespace'),
    name: required(textAt(live, 'metadata', 'name'), 'metadata.name'),
    cpuMillis: usages.reduce((sum, { cpu }) => sum + amount(quantityMillis(cpu), 'usage.cpu'), 0),
    memoryBytes: usages.reduce((sum, { memory }) => sum + amount(quantityUnits(memory), 'usage.memory'), 0),
  };
}

/** Reads of one cluster's metrics API and of who writes its objects; errors as in ports/usage.ts. */
export function usageReader(api: KubernetesApi, resources: ResourceMap): UsageReader {
  const list = async (kind: string, partsOf: (live: JsonObject) => readonly JsonObject[], signal: AbortSignal) => {
    const resource = await resources.find(METRICS, kind, signal);
    return resource && listLive(api, resource, {}, live => usedBy(live, partsOf(live)), signal);
  };
  return {
    cluster: api.cluster,
    nodes: async signal => {
      const found = await list('NodeMetrics', live => [live], signal);
      return found?.map(({ name: node, cpuMillis, memoryBytes }) => ({ node, cpuMillis, memoryBytes }));
    },
    pods: async signal => {
      const found = await list('PodMetrics', live => objectsAt(live, 'containers'), signal);
      return found?.map(({ namespace = '', name: pod, ...usage }) => ({ namespace, pod, ...usage }));
    },
    each: async ({ apiVersion, kind }, begin, signal) => {
      const resource = await resources.find(apiVersion, kind, signal);
      if (resource) await visitLive(api, resource, {}, begin, signal);
    },
    writtenVersions: async (kinds, signal) => {
      const written = [];
      for (const { apiVersion, kind } of kinds) {
        const resource = await resources.find(apiVersion, kind, signal);
        if (resource)
          written.push(...(await listLive(api, resource, {}, live => writersOf(live, resource), signal)).flat());
      }
      return written;
    },
  };
}

const writersOf = (live: JsonObject, { kind }: Resource) =>
  objectsAt(live, 'metadata', 'managedFields').flatMap(entry => {
    const apiVersion = textAt(entry, 'apiVersion');
    if (apiVersion === undefined || at(entry, 'subresource') === 'status') return [];
    const [namespace, name] = [textAt(live, 'metadata', 'namespace'), textAt(live, 'metadata', 'name') ?? ''];
    return [{ apiVersion, kind, namespace, name, manager: textAt(entry, 'manager') ?? 'somebody' }];
  });
