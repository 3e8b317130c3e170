import type { NodeFacts, PodFacts } from '../../model/facts.ts';
import { sortedBy } from '../verdict.ts';

export interface Suspects {
  /** Not Ready, or not known to be. */
  nodes: string[];
  workloads: { namespace: string; workload: string; kind: string; pods: number }[];
}

/** The workload that a pod belongs to: of a Deployment's pod its Deployment, whose name stands before the hash in the ReplicaSet's. */
function workloadOf({ controller, labels, name }: PodFacts): { workload: string; kind: string } {
  if (controller === undefined) return { workload: name, kind: 'Pod' };
  const hash = labels['pod-template-hash'];
  const isDeployments = controller.kind === 'ReplicaSet' && hash !== undefined && controller.name.endsWith(`-${hash}`);
  return isDeployments
    ? { workload: controller.name.slice(0, -hash.length - 1), kind: 'Deployment' }
    : { workload: controller.name, kind: controller.kind };
}

/** What there is to investigate: nodes that are not Ready, workloads with pods that are not. */
export function suspects(nodes: readonly NodeFacts[], pods: readonly PodFacts[]): Suspects {
  const counts = new Map<string, Suspects['workloads'][number]>();
  for (const pod of pods) {
    const isDone = pod.phase === 'Succeeded' || (pod.phase === 'Running' && pod.isReady);
    if (isDone || pod.isMirror) continue;
    const of = { namespace: pod.namespace, ...workloadOf(pod) };
    const key = `${of.namespace}/${of.kind}/${of.workload}`;
    counts.set(key, { ...of, pods: (counts.get(key)?.pods ?? 0) + 1 });
  }
  return {
    nodes: nodes
      .filter(({ ready }) => ready !== true)
      .map(({ name }) => name)
      .sort(),
    workloads: sortedBy([...counts.values()], ({ namespace, workload }) => `${namespace}/${workload}`),
  };
}
