/** Before the first thing that a run does to a cluster: that it is still the cluster, and its nodes the machines, that were planned. */

import type { OperationState } from '../decisions/operation-state.ts';
import { isOver, pendingStep } from '../decisions/operation-state.ts';
import { procedureDrift } from '../decisions/plan-drift.ts';
import type { ProcedurePlan } from '../model/plan.ts';
import type { ClusterPorts } from '../ports.ts';
import { isWithoutKubernetes } from './planning-planes.ts';

/** How the cluster differs from what the plan's hash was made of (SAFETY 9); empty: nothing. [KUBERNETES_*] */
export async function driftOf(
  plan: ProcedurePlan,
  state: OperationState,
  { config, kubernetes }: Pick<ClusterPorts, 'config' | 'kubernetes'>,
  signal: AbortSignal,
): Promise<string[]> {
  const planned = plan.clusters.find(({ name }) => name === config.name);
  // A cluster that does not serve, or is not there yet, is bound by its machines alone: each step looks at those (SAFETY 1).
  if (!planned || isWithoutKubernetes(plan.requested.task) || planned.kube_system_uid === 'unknown') return [];
  const open = new Set(
    plan.steps
      .filter(({ id, target }) => target.cluster === config.name && !isOver(state.steps.get(id) ?? pendingStep(id)))
      .flatMap(({ target }) => target.node ?? []),
  );
  const [kubeSystemUid, nodes] = await Promise.all([kubernetes.identity(signal), kubernetes.nodes(signal)]);
  return procedureDrift(planned, open, { kubeSystemUid, nodes });
}
