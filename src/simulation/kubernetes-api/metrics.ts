import type { KubeObject } from '../world/store.ts';
import { kubeTime } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { asObjects, asText, at, type JsonObject } from './json.ts';
import type { Target } from './request.ts';
import { resourceByKey } from './resources.ts';
import { selectionOf } from './selection.ts';
import { notFound } from './status.ts';

interface Usage {
  milliCores: number;
  kibibytes: number;
}

/** What Talos, the kubelet and the container runtime use themselves. */
const NODE_OVERHEAD: Usage = { milliCores: 120, kibibytes: 700 * 1024 };
/** What a container without requests uses. */
const UNASKED: Usage = { milliCores: 4, kibibytes: 24 * 1024 };
/** Usage changes this often, as metrics-server's resolution. */
const WINDOW_MS = 15_000;

const MEMORY_FACTORS: Record<string, number> = {
  Ki: 1,
  Mi: 1024,
  Gi: 1024 ** 2,
  Ti: 1024 ** 3,
  k: 1000 / 1024,
  M: 1e6 / 1024,
  G: 1e9 / 1024,
  '': 1 / 1024,
};

function quantity(value: unknown): { amount: number; unit: string } | undefined {
  const read = /^([0-9.]+)([A-Za-z]*)$/.exec(typeof value === 'number' ? String(value) : asText(value));
  return read === null ? undefined : { amount: Number(read[1]), unit: read[2] ?? '' };
}

const milliCoresOf = (value: unknown): number | undefined => {
  const read = quantity(value);
  return read === undefined ? undefined : read.unit === 'm' ? read.amount : read.amount * 1000;
};

const kibibytesOf = (value: unknown): number | undefined => {
  const read = quantity(value);
  const factor = read === undefined ? undefined : MEMORY_FACTORS[read.unit];
  return read === undefined || factor === undefined ? undefined : read.amount * factor;
};

/** A number in [0, 1) that belongs to a text: the same text, the same number. */
function fractionOf(text: string): number {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  return ((hash >>> 0) % 10_000) / 10_000;
}

/** Usage of one container: 35 to 85 % of its request by name, swaying by ± 5 % with time. */
function usageOf(pod: KubeObject, container: JsonObject, nowMs: number): Usage {
  const seed = `${pod.metadata.uid}/${asText(container.name)}`;
  const sway = 0.95 + fractionOf(`${seed}@${Math.floor(nowMs / WINDOW_MS)}`) / 10;
  const share = (0.35 + fractionOf(seed) / 2) * sway;
  const requests = at(container, 'resources', 'requests');
  const cores = milliCoresOf(at(requests, 'cpu'));
  const memory = kibibytesOf(at(requests, 'memory'));
  return {
    milliCores: Math.max(1, Math.round(cores === undefined ? UNASKED.milliCores * sway : cores * share)),
    kibibytes: Math.max(1024, Math.round(memory === undefined ? UNASKED.kibibytes * sway : memory * share)),
  };
}

const isRunning = (pod: KubeObject): boolean => at(pod, 'status', 'phase') === 'Running';

const written = ({ milliCores, kibibytes }: Usage): JsonObject => ({ cpu: `${milliCores}m`, memory: `${kibibytes}Ki` });

function head(kind: string, object: KubeObject, nowMs: number): JsonObject {
  const { name, namespace, labels } = object.metadata;
  const timestamp = kubeTime(Math.floor(nowMs / WINDOW_MS) * WINDOW_MS);
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      creationTimestamp: timestamp,
    },
    timestamp,
    window: `${WINDOW_MS / 1000}s`,
  };
}

function podMetrics(pod: KubeObject, nowMs: number): JsonObject {
  const containers = asObjects(at(pod, 'spec', 'containers')).map(container => ({
    name: asText(container.name),
    usage: written(usageOf(pod, container, nowMs)),
  }));
  return { ...head('PodMetrics', pod, nowMs), containers };
}

/** Usage of every node: its own and that of the pods that run on it. */
function usageByNode(cluster: ApiCluster, nowMs: number): Map<string, Usage> {
  const totals = new Map<string, Usage>();
  for (const pod of cluster.store.list('pods')) {
    if (!isRunning(pod)) continue;
    const node = asText(at(pod, 'spec', 'nodeName'));
    const total = totals.get(node) ?? { ...NODE_OVERHEAD };
    for (const container of asObjects(at(pod, 'spec', 'containers'))) {
      const usage = usageOf(pod, container, nowMs);
      total.milliCores += usage.milliCores;
      total.kibibytes += usage.kibibytes;
    }
    totals.set(node, total);
  }
  return totals;
}

function measureOf(cluster: ApiCluster, plural: string, nowMs: number): (object: KubeObject) => JsonObject {
  if (plural !== 'nodes') return pod => podMetrics(pod, nowMs);
  const totals = usageByNode(cluster, nowMs);
  return node => ({
    ...head('NodeMetrics', node, nowMs),
    usage: written(totals.get(node.metadata.name) ?? NODE_OVERHEAD),
  });
}

/** Only what runs is measured: a node that is not Ready and a pod that is not Running have no metrics. */
function isMeasured(object: KubeObject): boolean {
  if (object.kind === 'Pod') return isRunning(object);
  return asObjects(at(object, 'status', 'conditions')).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
}

/** Answers metrics.k8s.io: one object or a list. Throws 404. */
export function metricsOf(cluster: ApiCluster, target: Target, query: URLSearchParams): JsonObject {
  const source = resourceByKey(target.info.plural) ?? target.info;
  const measure = measureOf(cluster, source.plural, cluster.now());
  const matches = selectionOf({ ...target, info: source }, query);
  const found = cluster.store
    .list(source.key, target.namespace)
    .filter(object => matches(object) && isMeasured(object));
  if (target.name === undefined)
    return {
      kind: `${target.info.kind}List`,
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: {},
      items: found.map(measure),
    };
  const [only] = found;
  if (only === undefined) throw notFound({ group: 'metrics.k8s.io', plural: target.info.plural }, target.name);
  return measure(only);
}
