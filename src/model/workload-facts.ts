/** What readers say about workloads and other objects of one cluster. Facts are never kept. */

/** Names one object. `namespace` is undefined for what is in no namespace, or in one still to be chosen. */
export interface ObjectRef {
  apiVersion: string;
  kind: string;
  namespace: string | undefined;
  name: string;
}

/** "Deployment shop/web". */
export const objectText = ({ kind, namespace, name }: ObjectRef): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** Who keeps an object as it stands in a repository: a change made beside it would be undone, or would fight with it. */
export interface GitOpsOwner {
  by: 'argocd' | 'flux';
  /** Application, Kustomization or HelmRelease. */
  name: string;
  /** The label or annotation that says so. */
  evidence: string;
}

/** A live object. */
export interface ObjectFacts {
  ref: ObjectRef;
  uid: string;
  resourceVersion: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Field managers, each once. */
  managers: readonly string[];
  /** Undefined: no sign of one. */
  gitops: GitOpsOwner | undefined;
  terminatingSince: number | undefined;
  /** The whole object, without the values of a Secret. */
  body: Readonly<Record<string, unknown>>;
}

/** How far the controller of a workload is with the template that is asked for (kubectl rollout status). */
export interface RolloutFacts {
  ref: ObjectRef;
  uid: string;
  /** done: all asked for runs, is available, and nothing old is left · stuck: the controller gave up (progress deadline). */
  state: 'done' | 'progressing' | 'stuck' | 'paused';
  /** Why it is not done, in Kubernetes' own numbers. */
  reason: string;
  isObserved: boolean;
  desired: number;
  updated: number;
  ready: number;
  available: number;
}

/** One revision of a workload that a rollback can go to. */
export interface RevisionFacts {
  /** Name of the ReplicaSet or ControllerRevision: it stays, while the number changes when it is gone back to. */
  name: string;
  revision: number;
  images: readonly string[];
  isCurrent: boolean;
}

/** Addresses behind a Service (EndpointSlices). */
export interface EndpointFacts {
  ready: number;
  notReady: number;
}

export interface QuotaFacts {
  name: string;
  hard: Readonly<Record<string, string>>;
  used: Readonly<Record<string, string>>;
}

export interface NamespaceFacts {
  name: string;
  uid: string;
  labels: Readonly<Record<string, string>>;
  isTerminating: boolean;
  quotas: readonly QuotaFacts[];
}
