import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { isWithin } from '../machine-config.ts';
import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';
import { throughFirstEndpoint, throughPlane } from './through-plane.ts';

/** A new admin kubeconfig, whose certificate is made with it, in a file of its own in secrets_dir; its content is in no result (CONTRACT). */
export const fetchKubeconfig: StepPerformer<'fetch_kubeconfig'> = async context => {
  const { cluster } = inCluster(context);
  const { name, kubernetes, scratch = false } = cluster.config;
  const { task, ports, operationId, progress } = context;
  const isNew = task.playbook === 'create_cluster' || scratch;
  // Of a new cluster where division.yaml looks for it. Else named for the operation: a repeat after a crash is the same file.
  const isConfigured = isNew && isWithin(ports.secretsDirectory, kubernetes.kubeconfig);
  const path = isConfigured ? kubernetes.kubeconfig : join(ports.secretsDirectory, `${name}-${operationId}.kubeconfig`);
  const { last_outcome: last } = progress;
  if (last?.result === 'ok') {
    return {
      kind: 'done',
      reason: `a new kubeconfig of ${name} is in secrets_dir`,
      evidence: [last.detail],
      result: { path, headline: `new kubeconfig of ${name}` },
    };
  }
  // It may hold the ways to other clusters; a scratch cluster's is its own, and is written again by each drill.
  if (isConfigured && !scratch && progress.intents === 0 && (await isThere(path))) {
    return {
      kind: 'failed',
      code: 'OPERATION_CONFLICT',
      reason: `${path} is there already, and no kubeconfig is written over`,
      remedy: `move it away, then control_operation resume`,
    };
  }
  const { node, where } = isNew ? throughFirstEndpoint(cluster) : await throughPlane(cluster, context.signal);
  return {
    kind: 'effect',
    reason: 'its certificate lives for a year from now',
    effect: { kind: 'write_kubeconfig', cluster: name, node: node.name, ...where, path },
  };
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
