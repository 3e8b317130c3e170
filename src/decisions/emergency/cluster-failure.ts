import type { EtcdViewFacts, NodeFacts, ServerFacts } from '../../model/facts.ts';
import { quorumOf } from '../quorum.ts';

/** What is seen of a cluster; each API server and each etcd member by itself. */
export interface FailingLook {
  servers: readonly ServerFacts[];
  etcd: readonly EtcdViewFacts[];
  /** Undefined: Kubernetes can't be asked. */
  nodes: readonly NodeFacts[] | undefined;
}

export interface ClusterFailure {
  trigger: 'control_plane_down' | 'etcd_failure' | 'majority_of_nodes';
  message: string;
}

/** How an issue that is answered by the playbook cluster_failure names its rule. */
export const CLUSTER_FAILURE_RULE = 'seed line 494, R237: cluster_failure';

/**
 * The triggers of cluster_failure that are seen (seed line 494): the control plane down below its quorum, etcd without a leader, most
 * nodes away. Where nothing of the cluster answers at all it may be the way to it, and nothing is claimed.
 */
export function clusterFailures({ servers, etcd, nodes }: FailingLook): ClusterFailure[] {
  const answering = etcd.filter(({ status }) => status !== undefined);
  if (answering.length === 0 && !servers.some(({ reachable }) => reachable)) return [];
  // Who may not ask a server for its etcd has not seen it fail.
  const serving = servers.filter(({ reachable, etcdReady }) => reachable && etcdReady !== false).length;
  const away = nodes?.filter(({ ready }) => ready !== true).length ?? 0;
  const found: ClusterFailure[] = [];
  if (servers.length > 0 && serving < quorumOf(servers.length)) {
    const message = `${servers.length - serving} of ${servers.length} control plane servers do not serve`;
    found.push({ trigger: 'control_plane_down', message });
  }
  if (answering.length > 0 && answering.every(({ status }) => status?.leaderId === undefined)) {
    const message = `none of ${answering.length} etcd members that answer knows a leader`;
    found.push({ trigger: 'etcd_failure', message });
  }
  if (nodes !== undefined && away * 2 > nodes.length) {
    found.push({ trigger: 'majority_of_nodes', message: `${away} of ${nodes.length} nodes are not Ready` });
  }
  return found;
}
