/** What a request is understood against, and what may come of it. */
import type { PlaybookName, Task } from '../../model/task.ts';

export interface KnownNode {
  name: string;
  role: 'control-plane' | 'worker';
}

/** One cluster as it was last read. Versions are absent when they could not be read. */
export interface KnownCluster {
  name: string;
  environment: 'staging' | 'production';
  nodes: readonly KnownNode[];
  namespaces: readonly string[];
  workloads: readonly { namespace: string; name: string }[];
  kubernetesVersion?: string;
  talosVersion?: string;
}

/** It has shown no node: it is not there yet, or can't be read. */
export const isNotSeen = ({ nodes, kubernetesVersion }: KnownCluster): boolean =>
  nodes.length === 0 && kubernetesVersion === undefined;

/** All that a request may name. */
export interface KnownWorld {
  clusters: readonly KnownCluster[];
  /** Epoch milliseconds. */
  now: number;
}

/** Values that a field may have; at most 20. */
export interface Candidates {
  field: string;
  values: readonly string[];
}

export interface Question {
  outcome: 'question';
  /** The procedure that seems to be meant, when there is one. */
  playbook?: PlaybookName;
  /** Fields of the task that are missing or unsure; `request`: its wording, `playbook`: which of several. */
  missing: readonly string[];
  candidates: readonly Candidates[];
  /** What was understood of the task so far. */
  understood: Readonly<Record<string, unknown>>;
  question: string;
}

/** Whom other people's work belongs to (seed 139-175, 325-420). */
export type Owner =
  | 'infrastructure'
  | 'monitoring'
  | 'configuration'
  | 'workflows'
  | 'development'
  | 'security'
  | 'inventory'
  | 'cicd'
  | 'coo'
  | 'prime';

export type Understanding =
  /** `evidence`: which of its words gave what. The task is a wish: plan, authority and gates come after it. */
  | { outcome: 'task'; task: Task; evidence: readonly string[] }
  | Question
  | { outcome: 'out_of_scope'; owner: Owner; reason: string }
  | { outcome: 'refused'; reason: string; rule: string };
