import { kubernetesTarget } from '../decisions/kubernetes-upgrade.ts';
import { DivisionError } from '../errors.ts';
import type { Finding, Plan } from '../model/plan.ts';
import type { KeptTask, Task } from '../model/task.ts';
import { playbookOf } from '../playbooks/index.ts';
import type { FrontEnd } from '../ports.ts';
import { planRollingUpgrade } from './planning.ts';
import { renderedChart } from './planning-charts.ts';
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
  const { kept, warnings } = await keptTask(front, task, signal);
  const plan = await planProcedure(front, playbook, kept, signal);
  const { preflight } = plan;
  return { ...plan, preflight: { ...preflight, warnings: [...preflight.warnings, ...warnings] } };
}

type Request = Omit<Extract<Task, { playbook: 'talos_upgrade' }>, 'playbook'>;

const withoutAbsent = ({ clusters, to_version, canary, accept_api_outage }: Request) => ({
  clusters,
  to_version,
  ...(canary !== undefined && { canary }),
  ...(accept_api_outage !== undefined && { accept_api_outage }),
});

interface Keeping {
  kept: KeptTask;
  warnings: Finding[];
}

/**
 * As the plan keeps it: a version whole; manifests and what a chart renders to, which may carry secrets, are put aside and named by
 * their hash: the plan's own hash covers what will be applied. [INPUT_INVALID, and as renderedChart]
 */
async function keptTask(front: FrontEnd, task: Task, signal: AbortSignal): Promise<Keeping> {
  if (task.playbook === 'kubernetes_upgrade') {
    const target = kubernetesTarget(task.to_version);
    if (target !== undefined) return { kept: { ...task, to_version: target }, warnings: [] };
    throw new DivisionError(
      'INPUT_INVALID',
      `to_version: the newest patch of Kubernetes ${task.to_version} is not known here`,
      'name it whole, like v1.34.2',
    );
  }
  if (task.playbook !== 'deploy_application') return { kept: task, warnings: [] };
  const { cluster } = task;
  const prepared = await Promise.all(
    task.applications.map(async ({ manifests = '', chart, ...application }) => {
      const { name, namespace = name } = application;
      const rendered = chart && (await renderedChart(front, { cluster, name, namespace, chart }, signal));
      return {
        kept: {
          ...application,
          manifest_sha256: await front.privateFiles.keep(rendered?.manifests ?? manifests),
          ...(chart && {
            chart: { chart: chart.chart, ...(chart.version !== undefined && { version: chart.version }) },
          }),
        },
        warnings: (rendered?.skipped ?? []).map(hook => hookSkipped(cluster, name, hook)),
      };
    }),
  );
  return {
    kept: { ...task, applications: prepared.map(({ kept }) => kept) },
    warnings: prepared.flatMap(({ warnings }) => warnings),
  };
}

const hookSkipped = (cluster: string, application: string, hook: string): Finding => ({
  code: 'HOOK_SKIPPED',
  cluster,
  subject: application,
  message: `${hook} is a hook of the chart and is left out: it runs at no deployment`,
  remedy: 'apply it yourself where it is needed',
  rule: 'ledger R341',
});
