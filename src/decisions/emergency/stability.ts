import type { WorkloadSymptoms } from '../../model/symptoms.ts';
import { isHealthyPod } from '../causes.ts';

/** How long no pod may restart before an incident of a workload is over (ledger R265). */
export const STABLE_MS = 10 * 60_000;

/** Since when nothing restarted, and how often each pod had until then. */
export interface StableSince {
  since: number;
  restarts: Readonly<Record<string, number>>;
}

export type Stability =
  /** Not all of it works yet. */
  | { kind: 'settling'; reason: string }
  | { kind: 'watching'; window: StableSince }
  | { kind: 'crashed'; pods: readonly string[] }
  | { kind: 'stable'; window: StableSince };

const restartsOf = ({ pods }: WorkloadSymptoms): Record<string, number> =>
  Object.fromEntries(
    pods.map(pod => [pod.name, pod.containers.reduce((sum, { restarts }) => sum + restarts, 0)] as const),
  );

/**
 * A window opens when every pod works; a restart in it, or a pod that works no more, is the same incident again. A pod that came in the
 * meantime counts from none.
 */
export function judgeStability(workload: WorkloadSymptoms, window: StableSince | undefined, now: number): Stability {
  const live = workload.pods.filter(({ terminatingSince }) => terminatingSince === undefined);
  const sick = live.filter(pod => !isHealthyPod(pod));
  const short = (workload.desired ?? 0) - live.length;
  if (!window) {
    if (sick.length > 0) return { kind: 'settling', reason: `${sick.length} of ${live.length} pods do not work` };
    if (short > 0) return { kind: 'settling', reason: `${short} pods are missing` };
    return { kind: 'watching', window: { since: now, restarts: restartsOf(workload) } };
  }
  const again = Object.entries(restartsOf(workload)).filter(([pod, count]) => count > (window.restarts[pod] ?? 0));
  const crashed = [...new Set([...again.map(([pod]) => pod), ...sick.map(({ name }) => name)])];
  if (crashed.length > 0) return { kind: 'crashed', pods: crashed };
  return { kind: now - window.since >= STABLE_MS ? 'stable' : 'watching', window };
}
