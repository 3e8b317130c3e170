import { endpointsFor } from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import { type EtcdViewFacts, type NodeFacts, unknownEtcdView } from '../model/facts.ts';
import type { ClusterPorts } from '../ports.ts';

/** etcd through each control plane node, and those nodes by name; a node that does not answer says why in its view. [KUBERNETES_*, CANCELLED] */
export async function readEtcd(
  { config, kubernetes, talos }: ClusterPorts,
  signal: AbortSignal,
): Promise<{ planes: NodeFacts[]; etcd: EtcdViewFacts[] }> {
  const nodes = await kubernetes.nodes(signal);
  const planes = nodes
    .filter(node => node.role === 'control-plane')
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const etcd = await Promise.all(
    planes.flatMap(({ internalIp: address }) =>
      address === undefined
        ? []
        : [
            talos
              .etcd({ address, endpoints: endpointsFor(address, config.talos.endpoints) }, signal)
              .catch((error: unknown) => {
                if (error instanceof DivisionError && error.code !== 'CANCELLED')
                  return unknownEtcdView(address, error.message);
                throw error;
              }),
          ],
    ),
  );
  return { planes, etcd };
}
