import { at } from '../manifest/json.ts';
import type { PodTemplate } from '../manifest/pod-templates.ts';
import { type ManifestObject, ofKind } from '../manifest/read-manifest.ts';
import { type LintContext, namespaceOf } from './finding.ts';

/** Pods that run at least: its replicas, or what an autoscaler of the manifest keeps it at. */
export function replicasOf(
  template: PodTemplate,
  objects: readonly ManifestObject[],
  context: Pick<LintContext, 'namespace'>,
): number {
  const { ref } = template.object;
  const scaled = ofKind(objects, 'autoscaling', 'HorizontalPodAutoscaler').filter(
    scaler =>
      at(scaler.body, 'spec', 'scaleTargetRef', 'kind') === ref.kind &&
      at(scaler.body, 'spec', 'scaleTargetRef', 'name') === ref.name &&
      namespaceOf(scaler, context) === namespaceOf(template.object, context),
  );
  const least = scaled.map(scaler => at(scaler.body, 'spec', 'minReplicas')).filter(count => typeof count === 'number');
  return Math.max(template.replicas ?? 0, ...least);
}
