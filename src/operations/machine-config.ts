/** Machine configurations in secrets_dir: one a role, in a folder a cluster. What stands in them goes nowhere. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { type MachineRole, machineConfigProblem, type WantedMachine } from '../decisions/cluster-creation.ts';
import type { KeptTask } from '../model/task.ts';

export const machineConfigPath = (secretsDirectory: string, cluster: string, role: MachineRole): string =>
  join(secretsDirectory, cluster, `${role}.yaml`);

/** The file lies in the folder, as the two are written. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/** What the task says of such a machine. */
export const wantedMachine = (task: KeptTask, role: MachineRole): WantedMachine =>
  task.playbook === 'create_cluster'
    ? { role, talosVersion: task.talos_version, kubernetesVersion: task.kubernetes_version }
    : { role };

/** Its hash, and why it is not for such a machine; without a hash it can't be read. */
export async function readMachineConfig(
  path: string,
  wanted: WantedMachine,
): Promise<{ sha256?: string; problem?: string | undefined }> {
  try {
    const bytes = await readFile(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { sha256, problem: machineConfigProblem(bytes.toString('utf8'), wanted) };
  } catch {
    return {};
  }
}
