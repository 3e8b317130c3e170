import type { StepAction } from '../model/step.ts';
import type { PlaybookName } from '../model/task.ts';

/** What a phase goes over: its steps are done for each of these. */
export type Over =
  /** Once. */
  | 'division'
  /** Once for each cluster of the task. */
  | 'clusters'
  /** Once for all clusters of the task together; where there is one, never. */
  | 'several-clusters'
  /** Each control plane node; the etcd leader last. */
  | 'control-plane-nodes'
  | 'workers'
  /** The one node that the task names. */
  | 'node'
  /** Each application of the task; those of one namespace one after the other (seed 440). */
  | 'applications'
  /** Each machine that is added. */
  | 'machines'
  /** The scratch cluster, once for each cluster of the task; where none is there, or nothing is to be restored, never. */
  | 'scratch';

export interface PlaybookStep {
  /** snake_case, unique in the playbook. */
  id: string;
  /** The seed's own words, where it has some. */
  title: string;
  /** "seed 183", "SAFETY 10". */
  source: string;
  action: StepAction;
  /** Who offers it: the contractor of one cluster or of several, the division's Kubernetes client, the division itself. */
  by: 'talos' | 'talos-a2a' | 'kubernetes' | 'division';
  capability: string;
  /** What holds when it is done, before anything after it is begun. */
  gate: string;
  minutes: number;
  tokens: number;
  /** Absent: `halt`. */
  onFailure?: 'halt' | 'go_on';
  /** Done however what it depends on ended: reports. */
  inAnyCase?: true;
  undoneBy?: StepAction;
}

export type Phase =
  | {
      mode: 'steps';
      name: string;
      over: Over;
      order: 'one_after_the_other' | 'at_the_same_time';
      steps: readonly PlaybookStep[];
    }
  /** Nodes go by a decider of their own (decisions/upgrade-turn). */
  | { mode: 'turns'; name: string; decider: 'talos_upgrade'; gate: string; source: string };

/** One procedure of the division, as data: planned by decompose_task, told by its prompt, run by the executor. Nothing in it is interpreted. */
export interface Playbook {
  name: PlaybookName;
  title: string;
  /** One sentence. */
  purpose: string;
  source: string;
  cadence: 'daily' | 'weekly' | 'monthly' | 'as_needed' | 'emergency';
  /** When it is due again (ledger R102, R126, R142); absent: when asked. */
  dueEveryHours?: number;
  /** Authority action id (CONTRACT); its steps may raise it (decisions/authority/step-rights). */
  action: string;
  /** Clusters of the task: in wave order, or all at once. */
  clusters: 'one_after_the_other' | 'at_the_same_time';
  phases: readonly Phase[];
  /** The seed's own figures, where it gives some, for the case it gives them for. */
  seedEstimate?: { minutes: number; tokens: number; of: string };
}
