import type { DaemonSetFacts, PodFacts } from '../model/facts.ts';
import { isFinished } from './budgets.ts';

export const KUBECTL = 'kubectl drain filters';
export const EVICTION = 'eviction API (rolling-upgrades 3.2)';

/** What the filters need to know besides the pod. */
export interface DrainScope {
  node: string;
  daemonSets: readonly DaemonSetFacts[];
  /** uids whose eviction from this node the API server accepted for us. */
  evicted: ReadonlySet<string>;
  /** Controller uids of those pods. Without it, a tolerating pod seen after the first eviction is taken for a recreated one. */
  evictedControllers?: ReadonlySet<string>;
  /** A recorded override: pods that nothing will recreate may go. */
  evictUnreplicated?: boolean;
}

/** What an eviction costs besides the disruption. */
export type DrainNote = 'empty-dir' | 'local-volume' | 'daemon-set-missing';

export type FilteredPod =
  | { kind: 'skip' | 'leaving'; reason: string; rule: string }
  | { kind: 'block'; reason: string; rule: string; remedy: string }
  | { kind: 'evict'; notes: readonly DrainNote[] };

/** kubectl's filters in kubectl's order, for one pod of the node; budgets come after. */
export function filterPod(pod: PodFacts, input: DrainScope): FilteredPod {
  const notes: DrainNote[] = [];
  if (pod.controller?.kind === 'DaemonSet' && !isFinished(pod)) {
    const { name } = pod.controller;
    if (input.daemonSets.some(set => set.namespace === pod.namespace && set.name === name)) {
      return { kind: 'skip', reason: `DaemonSet ${name} keeps it on every node`, rule: KUBECTL };
    }
    notes.push('daemon-set-missing');
  }
  if (pod.isMirror) return { kind: 'skip', reason: 'static pod, the kubelet owns it', rule: KUBECTL };
  if (pod.terminatingSince !== undefined) return { kind: 'leaving', reason: 'terminating', rule: EVICTION };
  if (input.evicted.has(pod.uid)) {
    return {
      kind: 'leaving',
      reason: 'its eviction was accepted, it is not gone yet',
      rule: 'SAFETY 3: never twice',
    };
  }
  if (isFinished(pod)) return { kind: 'evict', notes };
  if (pod.hasEmptyDir) notes.push('empty-dir');
  if (pod.hasLocalVolume) notes.push('local-volume');
  if (!pod.controller && !input.evictUnreplicated) {
    return {
      kind: 'block',
      reason: 'no controller would create it again',
      remedy: 'delete it yourself, or give it a controller',
      rule: KUBECTL,
    };
  }
  if (wouldLoop(pod, input)) {
    return {
      kind: 'skip',
      reason: 'it tolerates the cordon and came back after its eviction: evicting it again changes nothing',
      rule: 'rolling-upgrades 2 no. 25',
    };
  }
  return { kind: 'evict', notes };
}

function wouldLoop(pod: PodFacts, input: DrainScope): boolean {
  if (!pod.toleratesCordon || input.evicted.size === 0) return false;
  return input.evictedControllers === undefined || input.evictedControllers.has(pod.controller?.uid ?? '');
}
