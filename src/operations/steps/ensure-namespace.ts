import { onApplication } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** What restricted pod security needs on a new namespace (seed 658). */
const LABELS = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
  'app.kubernetes.io/managed-by': 'containers-gm',
};

/** Made only when it is not there (ledger R318); one that is, is left as it is. */
export const ensureNamespace: StepPerformer<'ensure_namespace'> = async context => {
  const { cluster, namespace, objects } = await onApplication(context);
  const found = (await cluster.workloads.namespaces(context.signal)).find(({ name }) => name === namespace);
  if (found?.isTerminating) {
    return {
      kind: 'wait',
      reason: `namespace ${namespace} is being deleted`,
      whatEndsIt: 'it is gone',
      pollMs: 5_000,
      atMostMs: 15 * 60_000,
      remedy: `look at what keeps namespace ${namespace}, then control_operation resume`,
    };
  }
  if (found) return { kind: 'done', reason: `namespace ${namespace} is there` };
  if (objects.some(({ ref }) => ref.kind === 'Namespace' && ref.name === namespace)) {
    return { kind: 'done', reason: `the manifest makes namespace ${namespace}` };
  }
  return {
    kind: 'effect',
    reason: `${namespace} is not there`,
    effect: { kind: 'create_namespace', cluster: cluster.config.name, namespace, labels: LABELS },
  };
};
