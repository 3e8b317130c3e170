import { join } from 'node:path';
import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';
import { throughPlane } from './through-plane.ts';

/** A new admin kubeconfig, whose certificate is made with it, in a file of its own in secrets_dir; its content is in no result (CONTRACT). */
export const fetchKubeconfig: StepPerformer<'fetch_kubeconfig'> = async context => {
  const { cluster } = inCluster(context);
  const name = cluster.config.name;
  // Named for the operation: a repeat after a crash is the same file, and no earlier one is written over.
  const path = join(context.ports.secretsDirectory, `${name}-${context.operationId}.kubeconfig`);
  const { last_outcome: last } = context.progress;
  if (last?.result === 'ok') {
    return {
      kind: 'done',
      reason: `a new kubeconfig of ${name} is in secrets_dir`,
      evidence: [last.detail],
      result: { path, headline: `new kubeconfig of ${name}` },
    };
  }
  const { node, where } = await throughPlane(cluster, context.signal);
  return {
    kind: 'effect',
    reason: 'its certificate lives for a year from now',
    effect: { kind: 'write_kubeconfig', cluster: name, node: node.name, ...where, path },
  };
};
