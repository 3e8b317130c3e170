import type { ClusterFacts, PodFacts } from '../../model/facts.ts';
import { isFinished } from '../budgets.ts';

/** What is not well in Kubernetes, one line each; nothing of it may be left before the next node goes (rolling-upgrades 2, no. 15). */
export function unsettled(facts: ClusterFacts, excluded: ReadonlySet<string>): string[] {
  const nodes = facts.nodes
    .filter(node => node.ready !== true && !excluded.has(node.name))
    .map(node => `${node.name} is ${node.ready === 'unknown' ? 'of unknown readiness' : 'not Ready'}`);
  const servers = facts.servers
    .filter(server => !server.reachable || server.etcdReady !== true)
    .map(server => `API server ${server.url} ${server.reachable ? 'does not report etcd ready' : 'does not answer'}`);
  return [...nodes, ...servers];
}

/** Pods that should serve and don't: Pending or not Ready, kept by a controller that is not a DaemonSet. */
export function unservingPods(pods: readonly PodFacts[]): number {
  return pods.filter(
    pod =>
      pod.controller !== undefined &&
      pod.controller.kind !== 'DaemonSet' &&
      !pod.isMirror &&
      !isFinished(pod) &&
      pod.terminatingSince === undefined &&
      !pod.isReady,
  ).length;
}
