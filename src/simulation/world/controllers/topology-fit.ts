import { asList, asNumber, asObjects, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { isFinished, isTerminating, nodeOf } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { KubeObject } from '../store.ts';
import { matchesNodeAffinity, toleratesTaints } from './node-fit.ts';

/** Says whether a pod may go to a node as far as other pods are concerned. */
export type TopologyCheck = (node: KubeObject) => string | undefined;

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/**
 * Prepares the checks that count other pods: topology spread (DoNotSchedule), required affinity, required
 * anti-affinity of the pod and of pods already there. The answer is the scheduler's reason against, or undefined.
 */
export function topologyChecks(cluster: SimCluster, pod: KubeObject): TopologyCheck {
  const placed = cluster.store.list('pods').filter(other => nodeOf(other) !== undefined && !isFinished(other));
  const checks = [...spreadChecks(cluster, pod, placed), ...affinityChecks(cluster, pod, placed)];
  return node => {
    for (const check of checks) {
      const reason = check(node);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

const topologyValue = (cluster: SimCluster, nodeName: string, key: string): string | undefined =>
  cluster.store.get('nodes', undefined, nodeName)?.metadata.labels?.[key];

function spreadChecks(cluster: SimCluster, pod: KubeObject, placed: readonly KubeObject[]): TopologyCheck[] {
  const constraints = asObjects(at(pod, 'spec', 'topologySpreadConstraints')).filter(
    constraint => constraint.whenUnsatisfiable === 'DoNotSchedule',
  );
  return constraints.map(constraint => {
    const key = asText(constraint.topologyKey);
    const counts = new Map<string, number>();
    for (const node of cluster.store.list('nodes')) {
      const value = node.metadata.labels?.[key];
      const counted =
        constraint.nodeTaintsPolicy !== 'Honor' || toleratesTaints(pod, node, ['NoSchedule', 'NoExecute']);
      if (value !== undefined && counted && matchesNodeAffinity(pod, node)) counts.set(value, counts.get(value) ?? 0);
    }
    for (const other of placed) {
      if (other.metadata.namespace !== pod.metadata.namespace || isTerminating(other)) continue;
      if (!selects(constraint.labelSelector, other.metadata.labels)) continue;
      const value = topologyValue(cluster, nodeOf(other) ?? '', key);
      if (value !== undefined && counts.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const least = Math.min(...counts.values());
    const own = selects(constraint.labelSelector, pod.metadata.labels) ? 1 : 0;
    return node => {
      const value = node.metadata.labels?.[key];
      if (value === undefined) return "node(s) didn't match pod topology spread constraints (missing required label)";
      const skew = (counts.get(value) ?? 0) + own - least;
      return skew > asNumber(constraint.maxSkew, 1)
        ? "node(s) didn't match pod topology spread constraints"
        : undefined;
    };
  });
}

interface Term {
  key: string;
  selector: unknown;
  namespaces: readonly unknown[];
}

function termsOf(pod: KubeObject, family: 'podAffinity' | 'podAntiAffinity'): Term[] {
  return asObjects(at(pod, 'spec', 'affinity', family, REQUIRED)).map(term => ({
    key: asText(term.topologyKey),
    selector: term.labelSelector,
    namespaces: asList(term.namespaces).length === 0 ? [pod.metadata.namespace] : asList(term.namespaces),
  }));
}

const termSelects = (term: Term, pod: KubeObject): boolean =>
  term.namespaces.includes(pod.metadata.namespace) && selects(term.selector, pod.metadata.labels);

function affinityChecks(cluster: SimCluster, pod: KubeObject, placed: readonly KubeObject[]): TopologyCheck[] {
  const checks: TopologyCheck[] = [];
  for (const term of termsOf(pod, 'podAntiAffinity')) {
    const taken = valuesWith(
      cluster,
      term.key,
      placed.filter(other => termSelects(term, other)),
    );
    checks.push(node =>
      taken.has(node.metadata.labels?.[term.key] ?? '') ? "node(s) didn't match pod anti-affinity rules" : undefined,
    );
  }
  for (const other of placed) {
    for (const term of termsOf(other, 'podAntiAffinity').filter(candidate => termSelects(candidate, pod))) {
      const value = topologyValue(cluster, nodeOf(other) ?? '', term.key);
      checks.push(node =>
        value !== undefined && node.metadata.labels?.[term.key] === value
          ? "node(s) didn't satisfy existing pods anti-affinity rules"
          : undefined,
      );
    }
  }
  for (const term of termsOf(pod, 'podAffinity')) {
    const fitting = placed.filter(other => termSelects(term, other));
    if (fitting.length === 0 && termSelects(term, pod)) continue;
    const values = valuesWith(cluster, term.key, fitting);
    checks.push(node =>
      values.has(node.metadata.labels?.[term.key] ?? '') ? undefined : "node(s) didn't match pod affinity rules",
    );
  }
  return checks;
}

function valuesWith(cluster: SimCluster, key: string, pods: readonly KubeObject[]): Set<string> {
  return new Set(pods.flatMap(pod => topologyValue(cluster, nodeOf(pod) ?? '', key) ?? []));
}
