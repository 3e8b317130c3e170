import { kubernetesTarget } from '../decisions/kubernetes-upgrade.ts';
import { DivisionError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { KeptTask, Task } from '../model/task.ts';
import { playbookOf } from '../playbooks/index.ts';
import type { FrontEnd } from '../ports.ts';
import { planRollingUpgrade } from './planning.ts';
import { planProcedure } from './planning-procedure.ts';

/** Plans a task by its playbook: of steps, or by turns; starts nothing. [CAPABILITY_MISSING, NOT_FOUND, INPUT_INVALID, KUBERNETES_*] */
export async function planTask(front: FrontEnd, task: Task, signal: AbortSignal): Promise<Plan> {
  if (task.playbook === 'talos_upgrade') {
    const { playbook: _name, ...request } = task;
    return planRollingUpgrade(front, { kind: 'talos', ...withoutAbsent(request) }, signal);
  }
  const playbook = playbookOf(task.playbook);
  if (!playbook) {
    throw new DivisionError(
      'CAPABILITY_MISSING',
      `this version of the general manager has no playbook ${task.playbook}`,
      'decompose_task without arguments lists those it has',
    );
  }
  return planProcedure(front, playbook, await keptTask(front, task), signal);
}

type Request = Omit<Extract<Task, { playbook: 'talos_upgrade' }>, 'playbook'>;

const withoutAbsent = ({ clusters, to_version, canary, accept_api_outage }: Request) => ({
  clusters,
  to_version,
  ...(canary !== undefined && { canary }),
  ...(accept_api_outage !== undefined && { accept_api_outage }),
});

/** As the plan keeps it: a version whole; manifests, which may carry secrets, are put aside and named by their hash. [INPUT_INVALID] */
async function keptTask(front: FrontEnd, task: Task): Promise<KeptTask> {
  if (task.playbook === 'kubernetes_upgrade') {
    const target = kubernetesTarget(task.to_version);
    if (target !== undefined) return { ...task, to_version: target };
    throw new DivisionError(
      'INPUT_INVALID',
      `to_version: the newest patch of Kubernetes ${task.to_version} is not known here`,
      'name it whole, like v1.34.2',
    );
  }
  if (task.playbook !== 'deploy_application') return task;
  const applications = await Promise.all(
    task.applications.map(async ({ manifests, ...application }) => ({
      ...application,
      manifest_sha256: await front.privateFiles.keep(manifests),
    })),
  );
  return { ...task, applications };
}
