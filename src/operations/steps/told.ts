import { concernedDivisions } from '../../decisions/step-handoffs/concerned.ts';
import { issuesIn, type Told } from '../../decisions/step-handoffs/told.ts';
import { DivisionError } from '../../errors.ts';
import type { StepResult } from '../../model/step.ts';
import { playbookOf } from '../../playbooks/index.ts';
import type { StepScene } from './step.ts';

/** What the steps so far came to, all of them, or of the cluster and node that this step is about. */
export async function toldSoFar(scene: StepScene): Promise<Told> {
  const { plan, state, step, task, now, operationId } = scene;
  const { cluster, node } = step.target;
  const about = plan.steps.filter(
    ({ id, target }) =>
      id !== step.id &&
      (cluster === undefined || target.cluster === undefined || target.cluster === cluster) &&
      (node === undefined || target.node === undefined || target.node === node),
  );
  const found = about.map(other => ({ other, progress: state.steps.get(other.id) }));
  const checks = found.filter(({ other }) => other.action.does === 'check');
  const resultsOf = (does: string): StepResult[] =>
    found.flatMap(({ other, progress }) => (other.action.does === does && progress?.result ? [progress.result] : []));
  return {
    title: playbookOf(task.playbook)?.title ?? plan.playbook,
    operationId,
    simulated: plan.simulated,
    now,
    task,
    clusters: cluster === undefined ? plan.clusters.map(({ name }) => name) : [cluster],
    issues: checks.flatMap(({ other, progress }) => issuesIn(progress?.result, other.target.cluster ?? 'division')),
    checks: checks.flatMap(({ other, progress }) => {
      const { subject, summary, figures } = progress?.result ?? {};
      if (typeof subject !== 'string') return [];
      const name = other.target.cluster ?? 'division';
      return [{ step: other.id, cluster: name, subject, summary: String(summary), figures: fieldsOf(figures) }];
    }),
    failed: found.flatMap(({ other, progress }) =>
      progress?.state === 'failed' ? [{ step: other.id, reason: progress.reason ?? 'no reason' }] : [],
    ),
    diagnosis: resultsOf('diagnose').at(-1),
    handedBack: resultsOf('mitigate').find(({ done }) => done === 'handed_back'),
    reports: resultsOf('record').flatMap(({ path }) => (typeof path === 'string' ? [path] : [])),
    divisions: await divisionsOf(scene),
  };
}

const fieldsOf = (value: unknown): StepResult =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Only where others are told as owners: reading namespaces of a cluster that is down takes its time. */
async function divisionsOf({ cluster, step, task, plan, signal, clusterNamed }: StepScene): Promise<string[]> {
  const { action } = step;
  const asks = ['windows_to_divisions', 'incident_to_coo_and_owners', 'owner_of_workload', 'development_of_code_fault'];
  if (action.does !== 'hand_off' || !asks.includes(action.handoff)) return [];
  const clusters = cluster ? [cluster] : plan.clusters.flatMap(({ name }) => clusterNamed(name) ?? []);
  const namespaces = await Promise.all(
    clusters.map(({ workloads }) =>
      workloads.namespaces(signal).catch((error: unknown) => {
        // Who owns what runs in a cluster that does not answer is not known; the COO is told all the same.
        if (error instanceof DivisionError && error.code !== 'CANCELLED') return [];
        throw error;
      }),
    ),
  );
  const all = namespaces.flat();
  return concernedDivisions(
    task.playbook === 'workload_failure' ? all.filter(({ name }) => name === task.namespace) : all,
  );
}
