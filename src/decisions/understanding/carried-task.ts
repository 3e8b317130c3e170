/** Tasks that a handoff gives in fields: ours as it is, and manifests to deploy. */
import * as z from 'zod';
import { Task } from '../../model/task.ts';
import { fieldOf, isFields } from './handoff-words.ts';
import { isNotSeen, type KnownWorld, type Question, type Understanding } from './model.ts';

/** A question about one field. */
export const asks = (missing: string, question: string): Question => ({
  outcome: 'question',
  missing: [missing],
  candidates: [],
  understood: {},
  question,
});

/** A task that the handoff carries in our own shape, if all it names exists. */
export function carriedTask(context: Readonly<Record<string, unknown>>, world: KnownWorld): Understanding | undefined {
  if (!isFields(context.task) || typeof context.task.playbook !== 'string') return undefined;
  const parsed = Task.safeParse(context.task);
  if (!parsed.success)
    return asks('task', `The task in it is not one of ours: ${z.prettifyError(parsed.error).slice(0, 400)}`);
  return whatExists(parsed.data, world);
}

function whatExists(task: Task, world: KnownWorld): Understanding {
  const named = 'clusters' in task ? (task.clusters ?? []) : 'cluster' in task ? [task.cluster] : [];
  const clusters = named.map(name => world.clusters.find(cluster => cluster.name === name));
  const known = world.clusters.map(({ name }) => name);
  if (clusters.includes(undefined)) {
    return {
      ...asks('cluster', 'It names a cluster that does not exist.'),
      playbook: task.playbook,
      candidates: [{ field: 'cluster', values: known }],
    };
  }
  if (task.playbook === 'create_cluster' && world.clusters.some(each => each.name === task.name && !isNotSeen(each)))
    return { ...asks('name', 'There is a cluster of that name.'), playbook: task.playbook };
  if ('node' in task && !clusters.some(cluster => cluster?.nodes.some(({ name }) => name === task.node))) {
    return { ...asks('node', 'It names a node that does not exist.'), playbook: task.playbook };
  }
  if (
    'workload' in task &&
    !clusters.some(cluster =>
      cluster?.workloads.some(each => each.name === task.workload && each.namespace === task.namespace),
    )
  ) {
    return { ...asks('workload', 'It names a workload that does not exist.'), playbook: task.playbook };
  }
  return { outcome: 'task', task, evidence: ['the task that the handoff carries'] };
}

const Application = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  manifests: z.string().optional(),
  chart: z.record(z.string(), z.unknown()).optional(),
});

/** Manifests or a chart given in fields: the one way a deployment is more than a question. */
export function deployment(context: Readonly<Record<string, unknown>>, world: KnownWorld): Understanding | undefined {
  const listed = z
    .array(Application)
    .min(1)
    .safeParse(fieldOf(context, ['applications']));
  const single = Application.safeParse({
    name: fieldOf(context, ['application', 'app', 'workload', 'service', 'name']),
    namespace: fieldOf(context, ['namespace']),
    manifests: fieldOf(context, ['manifests', 'manifest']),
    chart: fieldOf(context, ['chart']),
  });
  const applications = listed.success ? listed.data : single.success ? [single.data] : undefined;
  if (applications === undefined) return undefined;
  const cluster = fieldOf(context, ['cluster', 'cluster_name', 'target_cluster']);
  const parsed = Task.safeParse({ playbook: 'deploy_application', cluster, applications });
  return parsed.success ? whatExists(parsed.data, world) : undefined;
}
