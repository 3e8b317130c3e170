import type { ClusterFacts, PodFacts, ServerFacts } from '../../model/facts.ts';
import { isFinished } from '../budgets.ts';
import type { EtcdHealth } from '../quorum.ts';

/** Something that has to be well before the operation goes on, and what it is when it stays so. */
export interface Problem {
  code: string;
  message: string;
}

/**
 * What is not well, causes before what they cause; nothing of it may be left before the next node goes (rolling-upgrades 2, no. 15).
 * `etcd` where its members were asked.
 */
export function unsettled(facts: ClusterFacts, excluded: ReadonlySet<string>, etcd?: EtcdHealth): Problem[] {
  const nodes = facts.nodes
    .filter(node => node.ready !== true && !excluded.has(node.name))
    .map(node => `${node.name} is ${node.ready === 'unknown' ? 'of unknown readiness' : 'not Ready'}`);
  const silent = facts.servers.filter(server => !server.reachable);
  const withoutEtcd = facts.servers.filter(server => server.reachable && server.etcdReady !== true);
  return [
    ...[...nodes, ...silent.map(server => `${serverName(server, facts)} does not answer`)].map(notReady),
    ...(etcd?.findings ?? []).map(finding => atRisk(finding.message)),
    ...withoutEtcd.map(server => atRisk(`etcd behind ${serverName(server, facts)} is not ready`)),
  ];
}

const notReady = (message: string): Problem => ({ code: 'NODE_NOT_READY', message });
const atRisk = (message: string): Problem => ({ code: 'QUORUM_AT_RISK', message });

/** With its node, where the address is the node's own. */
function serverName({ url }: ServerFacts, { nodes }: ClusterFacts): string {
  const node = nodes.find(({ internalIp }) => internalIp !== undefined && url.includes(`//${internalIp}:`));
  return node ? `API server ${url} of ${node.name}` : `API server ${url}`;
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
