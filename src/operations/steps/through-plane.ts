import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { DivisionError } from '../../errors.ts';
import type { NodeFacts } from '../../model/facts.ts';
import type { ClusterPorts, TalosTarget } from '../../ports.ts';

/** The first control plane node by name, and how its machine is reached: for what is asked of a cluster through one of them. [NODE_NOT_READY, KUBERNETES_*] */
export async function throughPlane(
  { config, kubernetes }: ClusterPorts,
  signal: AbortSignal,
): Promise<{ node: NodeFacts; where: TalosTarget & { endpoints: string[] } }> {
  const nodes = await kubernetes.nodes(signal);
  const [node] = nodes
    .filter(({ role, internalIp }) => role === 'control-plane' && internalIp !== undefined)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const address = node?.internalIp;
  if (!node || address === undefined) {
    throw new DivisionError(
      'NODE_NOT_READY',
      `${config.name} shows no control plane node with an address`,
      'run cluster_health',
    );
  }
  return { node, where: { address, endpoints: endpointsFor(address, config.talos.endpoints) } };
}

/** The machine that a new cluster began on: its first configured endpoint. What has no kubeconfig yet is asked nothing. [NOT_FOUND] */
export function throughFirstEndpoint({ config }: ClusterPorts): {
  node: { name: string };
  where: TalosTarget & { endpoints: string[] };
} {
  const [address] = config.talos.endpoints;
  if (address === undefined) {
    throw new DivisionError('NOT_FOUND', `${config.name} has no control plane endpoint`, 'name them in division.yaml');
  }
  return { node: { name: address }, where: { address, endpoints: [address] } };
}
