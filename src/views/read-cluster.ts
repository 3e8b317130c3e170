/** What health is said from: a cluster looked at within a deadline. */
import { withDeadline } from '../host/deadline.ts';
import type { ServerFacts } from '../model/facts.ts';
import { type ClusterLook, readCluster } from '../operations/read-cluster.ts';
import { readControlPlane } from '../operations/read-control-plane.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';

const DEADLINE_MS = 40_000;
/** What health is said of; a plan reads the rest. */
const healthParts = ['version', 'stage', 'boot_id', 'system_uuid', 'nodename'] as const;

export interface ClusterReading extends ClusterLook {
  name: string;
  simulated: boolean;
  environment: 'staging' | 'production';
  /** Each by itself, where Kubernetes could not be read. */
  servers?: readonly ServerFacts[];
}

/** Never throws for a cluster that can't be read: what is missing says why. [CANCELLED] */
export async function lookAtCluster(
  front: FrontEnd,
  ports: ClusterPorts,
  signal: AbortSignal,
): Promise<ClusterReading> {
  const { name, simulated, environment } = ports.config;
  const within = withDeadline(signal, DEADLINE_MS);
  const look = await readCluster(ports, within, healthParts).catch((error: unknown): ClusterLook => {
    if (signal.aborted) throw error;
    front.log.error('health.unexpected', { cluster: name, error: String(error) });
    return { facts: undefined, unreadable: 'INTERNAL: the reading failed', machines: [], etcd: [] };
  });
  if (look.facts) return { name, simulated, environment, ...look };
  // A control plane that is down tells no nodes: its machines and servers are known without it.
  const { machines, etcd, servers } = await readControlPlane(ports, within);
  return { name, simulated, environment, ...look, machines, etcd, servers };
}
