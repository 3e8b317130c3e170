/** Plans about the scratch cluster, into which backups are restored to be proved. */
import { DivisionError } from '../errors.ts';
import type { ClusterConfig } from '../model/config.ts';
import type { PlannedCluster } from '../model/plan.ts';
import type { KeptTask } from '../model/task.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';

/** Where the backups are restored that the task asks to be. [CANCELLED] */
export async function scratchFor(task: KeptTask, front: Pick<FrontEnd, 'scratch'>, signal: AbortSignal) {
  if (task.playbook !== 'backup_validation' || task.restore !== true) return undefined;
  const ports = await front.scratch?.(signal);
  return ports && { config: ports.config, offered: await offeredBy(ports, signal) };
}

/** It is nothing yet: its machine is bound when it is taken, by its uuid (SAFETY 1). */
export const plannedScratch = ({ name, environment, simulated }: ClusterConfig): PlannedCluster => ({
  name,
  environment,
  simulated,
  kube_system_uid: 'unknown',
  nodes: [],
  targets: [],
  skipped: [],
});

/** What its contractor offers; nothing while it can't say. [CANCELLED] */
export const offeredBy = async ({ talos }: ClusterPorts, signal: AbortSignal): Promise<readonly string[]> => {
  try {
    return (await talos.capabilities(signal)).offered;
  } catch (error) {
    if (error instanceof DivisionError && error.code !== 'CANCELLED') return [];
    throw error;
  }
};
