import { type MachineRole, roleOfMachine } from '../../decisions/cluster-creation.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { DivisionError } from '../../errors.ts';
import type { KeptTask } from '../../model/task.ts';
import type { ClusterPorts, TalosTarget } from '../../ports.ts';
import { inCluster } from './in-cluster.ts';
import { resultOf, type StepScene } from './step.ts';

export interface OnMachine {
  cluster: ClusterPorts;
  where: TalosTarget;
  role: MachineRole;
  /** Of the very machine, as it said when it had no configuration yet. */
  systemUuid: string | undefined;
}

/** The machine of a step that has one: by its address in what was given or replied. [NOT_FOUND] */
export function onMachine(scene: StepScene): OnMachine {
  const { cluster } = inCluster(scene);
  const { step, task } = scene;
  const addresses = resultOf(scene, 'await_machines')?.addresses;
  const address: unknown = Array.isArray(addresses) ? addresses[step.target.machine ?? 0] : undefined;
  if (typeof address !== 'string') {
    throw new DivisionError('NOT_FOUND', `${step.id}: no machine is there for it`, 'plan again with its address');
  }
  const uuid = scene.progress.result?.system_uuid ?? resultOf(scene, 'configure_machine')?.system_uuid;
  return {
    cluster,
    where: { address, endpoints: endpointsFor(address, cluster.config.talos.endpoints) },
    role: roleOf(task, step.target.machine ?? 0),
    systemUuid: typeof uuid === 'string' ? uuid : undefined,
  };
}

function roleOf(task: KeptTask, machine: number): MachineRole {
  if (task.playbook === 'create_cluster') return roleOfMachine(machine, task.control_planes);
  return task.playbook === 'scale_cluster' ? task.role : 'worker';
}
