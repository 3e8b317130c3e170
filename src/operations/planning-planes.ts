/** Plans about a cluster whose Kubernetes can't be asked: its control plane machines, as Talos tells of them. */
import type { TargetNode } from '../model/plan.ts';
import type { KeptTask } from '../model/task.ts';
import type { ClusterPorts } from '../ports.ts';
import { readControlPlane } from './read-control-plane.ts';

export interface PlannedPlanes {
  targets: TargetNode[];
  /** Addresses that do not answer. */
  silent: string[];
}

/** What is done where there is no Kubernetes: before there is one, or while its etcd is lost. */
export const isWithoutKubernetes = ({ playbook }: KeptTask): boolean =>
  playbook === 'recover_etcd' || playbook === 'create_cluster';

/** Machines at the configured endpoints, by name. Undefined for a task that Kubernetes is asked for. [CANCELLED] */
export async function plannedPlanes(
  task: KeptTask,
  ports: ClusterPorts,
  signal: AbortSignal,
): Promise<PlannedPlanes | undefined> {
  if (task.playbook !== 'recover_etcd') return undefined;
  const { planes } = await readControlPlane(ports, signal);
  const targets = planes.flatMap(({ target, facts }): TargetNode[] =>
    facts.systemUuid === undefined
      ? []
      : [
          {
            name: facts.nodename ?? target.address,
            role: 'control-plane',
            address: target.address,
            system_uuid: facts.systemUuid,
            from_version: facts.version ?? 'unknown',
          },
        ],
  );
  const silent = planes.filter(({ facts }) => facts.systemUuid === undefined).map(({ target }) => target.address);
  return { targets: targets.toSorted((one, other) => (one.name < other.name ? -1 : 1)), silent };
}
