import type { EventFacts, NodeSymptoms, PodSymptoms, WorkloadSymptoms } from '../../model/symptoms.ts';
import { byCodePoint } from '../verdict.ts';

/** A workload and all that was read around it. */
export interface WorkloadLook {
  workload: WorkloadSymptoms;
  /** Of the workload, what stands between, and its pods; newest first. */
  events: readonly EventFacts[];
  /** Those its pods are on, as far as they were read. */
  nodes: readonly NodeSymptoms[];
  /** Epoch milliseconds of the cluster's clock. */
  now: number;
}

const isTrue = (pod: PodSymptoms, type: string): boolean =>
  pod.conditions.some(condition => condition.type === type && condition.status === 'True');

/** Runs and is ready, or has done what it was to do. */
export const isHealthyPod = (pod: PodSymptoms): boolean =>
  pod.phase === 'Succeeded' || (pod.phase === 'Running' && isTrue(pod, 'Ready') && pod.terminatingSince === undefined);

const restartsOf = (pod: PodSymptoms): number => pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);

/** Those that don't work before those that do, those that restarted more often before the others. */
export const worstFirst = (pods: readonly PodSymptoms[]): PodSymptoms[] =>
  [...pods].sort(
    (one, other) =>
      Number(isHealthyPod(one)) - Number(isHealthyPod(other)) ||
      restartsOf(other) - restartsOf(one) ||
      byCodePoint(one.name, other.name),
  );

/** Events of one pod. */
export const eventsOf = ({ events }: WorkloadLook, pod: PodSymptoms): EventFacts[] =>
  events.filter(({ kind, name }) => kind === 'Pod' && name === pod.name);
