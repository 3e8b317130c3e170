import { onApplication } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** Server-side apply as our field manager: converges, so a repeat finds its own work done (SAFETY 3). */
export const applyManifests: StepPerformer<'apply_manifests'> = async context => {
  const { cluster, namespace, objects, name, manifestSha256 } = await onApplication(context);
  const { last_outcome: last } = context.progress;
  if (last?.result === 'ok') {
    return { kind: 'done', reason: `${objects.length} objects of ${name} are applied`, evidence: [last.detail] };
  }
  if (last?.result === 'failed') {
    return {
      kind: 'failed',
      code: last.code === 'OPERATION_CONFLICT' ? 'OPERATION_CONFLICT' : 'INPUT_INVALID',
      reason: `${name}: ${last.detail}`,
      remedy: 'correct the manifest and plan again; what was applied is taken back',
    };
  }
  return {
    kind: 'effect',
    reason: `${objects.length} objects, linted and tried`,
    effect: {
      kind: 'apply_objects',
      cluster: cluster.config.name,
      namespace,
      manifest_sha256: manifestSha256,
      objects: objects.slice(0, 100).map(({ ref }) => ({
        api_version: ref.apiVersion,
        kind: ref.kind,
        ...(ref.namespace !== undefined && { namespace: ref.namespace }),
        name: ref.name,
      })),
    },
  };
};
