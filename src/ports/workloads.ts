import type { Authorization } from '../model/authorization.ts';
import type { NodeTaint } from '../model/facts.ts';
import type {
  EndpointFacts,
  GitOpsOwner,
  NamespaceFacts,
  ObjectFacts,
  ObjectRef,
  RevisionFacts,
  RolloutFacts,
} from '../model/workload-facts.ts';

/** An object as it is to be applied. */
export interface ObjectBody {
  ref: ObjectRef;
  body: Readonly<Record<string, unknown>>;
}

/** A merge patch that takes the live object to what was wanted; undefined where it would show a secret. */
export type HandedBack = Readonly<Record<string, unknown>> | undefined;

/** Why the API server does not take an object. Its text is foreign, and no value of the object is in it. */
export interface Refusal {
  kind: 'refused';
  ref: ObjectRef;
  /** HTTP status. */
  code: number;
  reason: string;
  message: string;
  /** The fields it is about. */
  fields: readonly string[];
}

/** What became of one object that was applied, or would become of it. */
export type ApplyOutcome =
  | {
      kind: 'applied';
      ref: ObjectRef;
      uid: string;
      change: 'created' | 'changed' | 'unchanged';
      /** What the server warned of (deprecated versions, pod security); foreign text. */
      warnings: readonly string[];
    }
  | Refusal
  /** Fields that somebody else set to other values: never taken from them. */
  | { kind: 'conflict'; ref: ObjectRef; managers: readonly string[]; fields: readonly string[] }
  /** Kept by a GitOps controller: not touched. */
  | { kind: 'gitops'; ref: ObjectRef; owner: GitOpsOwner; patch: HandedBack }
  /** Not asked: something before it was not applied, or (in a dry run) its namespace or kind is only made by the manifest. */
  | { kind: 'not_tried'; ref: ObjectRef; why: string };

/** One object as it was before it was applied; it may hold secrets. */
export interface PriorObject {
  ref: ObjectRef;
  /** Undefined: it was not there. */
  uid: string | undefined;
  /** What we had applied to it; undefined: nothing. */
  applied: Readonly<Record<string, unknown>> | undefined;
}

export type RestoreOutcome =
  | { kind: 'restored' | 'deleted' | 'gone'; ref: ObjectRef }
  /** `left` on purpose: data would go with it. `kept`: it could not be taken back. */
  | { kind: 'left' | 'kept'; ref: ObjectRef; why: string };

export type DeleteOutcome =
  | { kind: 'deleted' | 'gone'; ref: ObjectRef }
  | { kind: 'kept'; ref: ObjectRef; why: string };

/** What became of a change to one workload. */
export type ChangeOutcome =
  | { kind: 'changed' | 'unchanged' }
  /** Somebody changed it in between, three times: look again. */
  | { kind: 'conflict' }
  | { kind: 'gitops'; owner: GitOpsOwner; patch: HandedBack }
  /** It can't be done to this one. */
  | { kind: 'refused'; why: string };

/** Reads of a cluster's workloads and other objects. [KUBERNETES_UNAVAILABLE, KUBERNETES_DENIED, TIMEOUT, CANCELLED] */
export interface WorkloadReader {
  readonly cluster: string;
  /** Undefined: it is not there, or the server does not know the kind. */
  object(ref: ObjectRef, signal: AbortSignal): Promise<ObjectFacts | undefined>;
  /** All of a kind, in one namespace or in all, with all of these labels. Empty for a kind the server does not know. */
  list(
    kind: Pick<ObjectRef, 'apiVersion' | 'kind'>,
    options: { namespace?: string; labels?: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<ObjectFacts[]>;
  /** Of a Deployment, StatefulSet or DaemonSet; undefined when it is not there. [INPUT_INVALID for another kind] */
  rollout(ref: ObjectRef, signal: AbortSignal): Promise<RolloutFacts | undefined>;
  /** Newest first; empty when the workload is not there. [INPUT_INVALID for another kind] */
  revisions(ref: ObjectRef, signal: AbortSignal): Promise<RevisionFacts[]>;
  /** Undefined: there is no such Service. */
  endpoints(service: { namespace: string; name: string }, signal: AbortSignal): Promise<EndpointFacts | undefined>;
  /** Every namespace, with the quotas that count everything in it. */
  namespaces(signal: AbortSignal): Promise<NamespaceFacts[]>;
  /** Server-side apply that keeps nothing: what would become of each object, all findings at once. Changes nothing, so asks for no right. */
  dryRun(wanted: { namespace: string; objects: readonly ObjectBody[] }, signal: AbortSignal): Promise<ApplyOutcome[]>;
  /** Rights this credential lacks of those that deployments need beside an upgrade's, of the kinds that manifests mostly have, as "verb resource". */
  missingRights(signal: AbortSignal): Promise<string[]>;
}

/**
 * Writes to a cluster's workloads, namespaces and nodes. Each checks the Authorization and the cluster's mode where the effect
 * happens (SAFETY 2); `beforeSent` is called last before each request that changes something, and what it throws is thrown
 * (SAFETY 6). Each may be repeated: it finds its own work done. [KUBERNETES_*, AUTHORITY_REFUSED, NOT_FOUND, TIMEOUT, CANCELLED]
 */
export interface WorkloadWriter {
  readonly cluster: string;
  /** Only if it is absent; `terminating`: it is on its way out, wait. */
  createNamespace(
    authorization: Authorization,
    namespace: { name: string; labels: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<'created' | 'exists' | 'terminating'>;
  /**
   * Server-side apply of all objects in order, as field manager `containers-gm`, never taking a field from anybody else; stops at
   * the first that is not applied. Nothing at all is sent when one of them is kept by GitOps. `keepPrior` gets what was there, and
   * has to have it safe before it returns: only then is the first object sent.
   */
  apply(
    authorization: Authorization,
    wanted: {
      namespace: string;
      objects: readonly ObjectBody[];
      keepPrior: (prior: readonly PriorObject[]) => Promise<void>;
    },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<ApplyOutcome[]>;
  /**
   * Takes an apply back, last object first: what was not there goes (unless data would go with it, or somebody else has part in
   * it), of the rest we apply again what we had applied.
   */
  restore(
    authorization: Authorization,
    prior: readonly PriorObject[],
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<RestoreOutcome[]>;
  scale(
    authorization: Authorization,
    scale: { ref: ObjectRef; replicas: number },
    signal: AbortSignal,
  ): Promise<ChangeOutcome>;
  /** As `kubectl rollout restart`; the same `at` (RFC 3339) twice restarts once. */
  restart(
    authorization: Authorization,
    restart: { ref: ObjectRef; at: string },
    signal: AbortSignal,
  ): Promise<ChangeOutcome>;
  /** As `kubectl rollout undo`, to the revision of this name. */
  rollBack(
    authorization: Authorization,
    rollback: { ref: ObjectRef; revision: string },
    signal: AbortSignal,
  ): Promise<ChangeOutcome>;
  /** Objects with these uids that we applied and nobody else has part in. */
  deleteObjects(
    authorization: Authorization,
    objects: readonly { ref: ObjectRef; uid: string }[],
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DeleteOutcome[]>;
  /** A null takes the label or annotation away. */
  labelNode(
    authorization: Authorization,
    change: {
      node: string;
      labels: Readonly<Record<string, string | null>>;
      annotations: Readonly<Record<string, string | null>>;
    },
    signal: AbortSignal,
  ): Promise<ChangeOutcome>;
  /** Sets `add` by key and effect, takes `remove` away; all others stay. */
  taintNode(
    authorization: Authorization,
    change: { node: string; add: readonly NodeTaint[]; remove: readonly Pick<NodeTaint, 'key' | 'effect'>[] },
    signal: AbortSignal,
  ): Promise<ChangeOutcome>;
  /** The Node object with this uid, after its machine is gone; another under its name stays (`kept`). */
  deleteNode(
    authorization: Authorization,
    node: { name: string; uid: string },
    signal: AbortSignal,
  ): Promise<'deleted' | 'gone' | 'kept'>;
}

/** Which apply of which operation. */
export interface ApplyKey {
  operationId: string;
  cluster: string;
  namespace: string;
  manifestSha256: string;
}

/** Manifests, and what was there before they were applied: outside the division directory, 0600, as both may hold secrets (CONTRACT). */
export interface Manifests {
  /** [NOT_FOUND, RECORD_CORRUPT when it is not what its name says] */
  read(sha256: string): Promise<string>;
  /** Once: what is kept already is from before the first try, and stays. Safe on disk when it returns. */
  keepPrior(key: ApplyKey, prior: readonly PriorObject[]): Promise<void>;
  /** Undefined: nothing was applied under this key. [RECORD_CORRUPT] */
  prior(key: ApplyKey): Promise<readonly PriorObject[] | undefined>;
}
