import { deniedNamespaces, lintManifest } from '../../decisions/lint/lint.ts';
import { onApplication } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** The seed's best practices (lines 649 to 660): what blocks stops here, all findings at once, each with its fix. */
export const lintManifests: StepPerformer<'lint_manifests'> = async context => {
  const application = await onApplication(context);
  const { cluster, objects, namespace, name } = application;
  const [namespaces, policies, budgets] = await Promise.all([
    cluster.workloads.namespaces(context.signal),
    cluster.workloads.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, {}, context.signal),
    cluster.kubernetes.budgets(context.signal),
  ]);
  const { findings, blocked } = lintManifest(objects, {
    namespace,
    namespaces,
    budgets,
    denied: deniedNamespaces(policies.map(({ body }) => body)),
  });
  const lines = findings.map(
    ({ severity, object, path, message, fix }) => `${severity}: ${object} ${path}: ${message}; ${fix}`,
  );
  if (blocked) {
    const [first] = findings;
    return {
      kind: 'failed',
      code: 'INPUT_INVALID',
      reason: `${name}: ${first?.object}: ${first?.message}`,
      remedy: first?.fix ?? 'correct the manifest and plan again',
      evidence: lines.slice(0, 20),
    };
  }
  return {
    kind: 'done',
    reason: `${objects.length} objects of ${name}, ${findings.length} findings, none blocks`,
    evidence: lines.slice(0, 20),
    ...(findings.length > 0 && { result: { findings: findings.length } }),
  };
};
