import { judgeFit, judgeQuotas, podAsks } from '../../decisions/fit/fit.ts';
import { onApplication } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** Is there room for every pod, and quota? Names the constraint that binds (ledger R167, R172). */
export const checkFit: StepPerformer<'check_fit'> = async context => {
  const { cluster, objects, namespace, name } = await onApplication(context);
  const [facts, namespaces] = await Promise.all([
    cluster.kubernetes.facts(context.signal),
    cluster.workloads.namespaces(context.signal),
  ]);
  const asks = podAsks(objects, { namespace });
  const fit = judgeFit(asks, facts);
  const quotas = judgeQuotas(asks, { namespaces, pods: facts.pods, nodeCount: facts.nodes.length });
  const against = [...fit.blocked, ...quotas];
  const [first] = against;
  if (first) {
    return {
      kind: 'failed',
      code: 'CAPACITY_SHORT',
      reason: `${name}: ${first.message}`,
      remedy: first.remedy,
      evidence: against.map(({ message }) => message).slice(0, 20),
    };
  }
  return {
    kind: 'done',
    reason: `there is room for ${name}`,
    evidence: [
      ...fit.placed.map(({ object, nodes }) => `${object}: ${Object.keys(nodes).length} nodes`),
      ...fit.notModelled.map(each => `not looked at: ${each}`),
    ].slice(0, 20),
  };
};
