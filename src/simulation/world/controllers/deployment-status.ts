import { asNumber, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { conditionsWith, replicasOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { progressOf } from './deployment-progress.ts';
import { rollingLimits } from './rollout.ts';

/**
 * Writes the counts and the Available and Progressing conditions, as `kubectl rollout status` reads them. Returns when the progress
 * deadline is over, cluster time; undefined when nothing is awaited.
 */
export function writeDeploymentStatus(
  cluster: SimCluster,
  deployment: KubeObject,
  sets: readonly KubeObject[],
  hash: string,
): number | undefined {
  const desired = replicasOf(deployment);
  const count = (field: string): number => sets.reduce((sum, set) => sum + asNumber(at(set, 'status', field)), 0);
  const fresh = sets.find(set => set.metadata.labels?.['pod-template-hash'] === hash);
  const updated = asNumber(at(fresh, 'status', 'replicas'));
  const [replicas, ready, available] = [count('replicas'), count('readyReplicas'), count('availableReplicas')];
  const unavailable = Math.max(0, desired - available);
  const isAvailable = available >= desired - rollingLimits(at(deployment, 'spec', 'strategy'), desired).maxUnavailable;
  const counts = { replicas, updated, ready, available };
  const progress = progressOf(deployment, fresh?.metadata.name ?? '', counts, desired, cluster.now());
  const conditions = conditionsWith(deployment, kubeTime(cluster.now()), [
    isAvailable
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    progress.condition,
  ]);
  cluster.store.replace('deployments.apps', {
    ...deployment,
    status: {
      observedGeneration: deployment.metadata.generation,
      ...(replicas === 0 ? {} : { replicas }),
      ...(updated === 0 ? {} : { updatedReplicas: updated }),
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      ...(available === 0 ? {} : { availableReplicas: available }),
      ...(unavailable === 0 ? {} : { unavailableReplicas: unavailable }),
      conditions,
    },
  });
  return progress.deadlineMs;
}
