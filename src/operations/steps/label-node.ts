import type { MachineRole } from '../../decisions/cluster-creation.ts';
import type { KeptTask } from '../../model/task.ts';
import { onMachine } from './on-machine.ts';
import type { StepPerformer } from './step.ts';
import { resultOf } from './step.ts';

type ScaleTask = Extract<KeptTask, { playbook: 'scale_cluster' }>;

/** Labels and taints the new node as was asked for; all others stay (seed 700). */
export const labelNode: StepPerformer<'label_node'> = async context => {
  const { task } = context;
  const { cluster, role } = onMachine(context);
  const name = resultOf(context, 'await_join')?.node;
  const wanted = wantedMarks(task, role);
  if (wanted === undefined || typeof name !== 'string') return { kind: 'skip', reason: 'there is nothing to label' };
  const node = await cluster.kubernetes.node(name, context.signal);
  if (!node)
    return {
      kind: 'failed',
      code: 'NOT_FOUND',
      reason: `${name} is gone`,
      remedy: 'look at the node, then control_operation resume',
    };
  const { labels = {}, taints = [] } = wanted;
  const missing = Object.entries(labels).filter(([key, value]) => node.labels[key] !== value);
  const named = { cluster: cluster.config.name, node: name };
  if (missing.length > 0) {
    return {
      kind: 'effect',
      reason: `${missing.length} labels are missing`,
      effect: { kind: 'label_node', ...named, labels: Object.fromEntries(missing), annotations: {} },
    };
  }
  const without = taints.filter(
    taint =>
      !node.taints?.some(
        ({ key, effect, value }) => key === taint.key && effect === taint.effect && value === (taint.value ?? ''),
      ),
  );
  if (without.length > 0) {
    return {
      kind: 'effect',
      reason: `${without.length} taints are missing`,
      effect: {
        kind: 'taint_node',
        ...named,
        add: without.map(({ key, value = '', effect }) => ({ key, value, effect })),
        remove: [],
      },
    };
  }
  return {
    kind: 'done',
    reason: `${name} has its labels and taints`,
    evidence: [...Object.keys(labels), ...taints.map(({ key }) => key)],
  };
};

/** What the task asks for on such a node; a new cluster's labels are its workers'. */
function wantedMarks(task: KeptTask, role: MachineRole): Pick<ScaleTask, 'labels' | 'taints'> | undefined {
  if (task.playbook === 'scale_cluster') return task;
  return task.playbook === 'create_cluster' && role === 'worker' ? { labels: task.labels } : undefined;
}
