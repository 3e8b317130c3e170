/**
 * The outside world as interfaces. Decisions never see these; tools, operations and the composition roots do.
 * Every call takes an AbortSignal, has its own deadline, and throws DivisionError (codes in brackets).
 */
import type { Authorization } from './model/authorization.ts';
import type { ClusterConfig } from './model/config.ts';
import type {
  BudgetFacts,
  ClusterFacts,
  EtcdViewFacts,
  LeaseFacts,
  MachineFacts,
  MachinePart,
  NodeFacts,
  PodFacts,
  ReceiptFacts,
  ServerFacts,
  VolumeAttachmentFacts,
} from './model/facts.ts';
import type { JournalBody, JournalEntry, OperationEvent, Request } from './model/journal.ts';
import type { Operation } from './model/operation.ts';
import type { Plan } from './model/plan.ts';
import type { ClusterWatch } from './ports/cluster-watch.ts';
import type { EvictionOutcome } from './ports/eviction.ts';
import type { SymptomReader } from './ports/symptoms.ts';
import type { MachineActions, MachineReads } from './ports/talos-machines.ts';
import type { UsageReader } from './ports/usage.ts';
import type { UsageHistory } from './ports/usage-history.ts';
import type { Manifests, WorkloadReader, WorkloadWriter } from './ports/workloads.ts';

export type { EvictionOutcome } from './ports/eviction.ts';
export type { FrontEnd } from './ports/front-end.ts';

/** The cluster's clock: real time, or the simulation's scaled time. Waiting is abortable and never throws. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms` of this clock's time, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

/** Reads of one cluster's Kubernetes API. [KUBERNETES_UNAVAILABLE, KUBERNETES_DENIED, TIMEOUT, CANCELLED] */
export interface ClusterReader {
  readonly cluster: string;
  /** uid of namespace kube-system. */
  identity(signal: AbortSignal): Promise<string>;
  nodes(signal: AbortSignal): Promise<NodeFacts[]>;
  /** One node; undefined when it does not exist. */
  node(name: string, signal: AbortSignal): Promise<NodeFacts | undefined>;
  /** All pods, in pages, or those bound to one node. */
  pods(options: { nodeName?: string }, signal: AbortSignal): Promise<PodFacts[]>;
  budgets(signal: AbortSignal): Promise<BudgetFacts[]>;
  volumeAttachments(signal: AbortSignal): Promise<VolumeAttachmentFacts[]>;
  /** Every configured API server by itself; never throws for one that is down. */
  servers(signal: AbortSignal): Promise<ServerFacts[]>;
  lease(signal: AbortSignal): Promise<LeaseFacts | undefined>;
  /**
   * Rights this credential lacks of those an upgrade needs, as "verb resource" (SelfSubjectAccessReview). `shown`, had by this
   * credential just before, shows those that it took.
   */
  missingPermissions(signal: AbortSignal, shown?: ClusterFacts): Promise<string[]>;
  /** Everything at once, for a plan or a turn. */
  facts(signal: AbortSignal): Promise<ClusterFacts>;
}

/** Writes to one cluster. Each checks the Authorization and the cluster's mode where the effect happens (SAFETY 2). */
export interface ClusterWriter {
  readonly cluster: string;
  /**
   * One PATCH: unschedulable, owner and prior state, with resourceVersion (SAFETY 8). `conflict`: somebody changed the node
   * meanwhile, look again. [KUBERNETES_*, AUTHORITY_REFUSED, NOT_FOUND]
   */
  cordon(
    authorization: Authorization,
    cordon: { node: string; resourceVersion: string; owner: string; priorUnschedulable: boolean },
    signal: AbortSignal,
  ): Promise<'cordoned' | 'conflict'>;
  /** Gives back the prior state if the cordon is `owner`'s; `not-ours` otherwise, untouched. */
  uncordon(
    authorization: Authorization,
    uncordon: { node: string; owner: string },
    signal: AbortSignal,
  ): Promise<'uncordoned' | 'not-ours' | 'conflict'>;
  evict(
    authorization: Authorization,
    pod: { namespace: string; name: string; uid: string },
    signal: AbortSignal,
    /** Asked last before the request is sent; what it throws is thrown, and nothing was sent (SAFETY 6). */
    fence: () => Promise<void>,
  ): Promise<EvictionOutcome>;
  /** Takes or renews kube-system/containers-gm for `holder`; a foreign holder is OPERATION_CONFLICT, but for one that a human resolved to be gone, `insteadOf` (SAFETY 6). */
  holdLease(authorization: Authorization, holder: string, signal: AbortSignal, insteadOf?: string): Promise<void>;
  /** Gives the Lease up if it is `holder`'s. */
  releaseLease(authorization: Authorization, holder: string, signal: AbortSignal): Promise<void>;
}

/** Where a Talos call goes: the machine, and control plane addresses to reach it through (SAFETY 1). */
export interface TalosTarget {
  address: string;
  endpoints: readonly string[];
}

/** Reads of one cluster's Talos API through its contractor. [CONTRACTOR_*, CAPABILITY_MISSING, TIMEOUT, CANCELLED] */
export interface ContractorReader extends MachineReads {
  readonly cluster: string;
  readonly contractor: string;
  /** Capabilities the contractor offers under its profile. */
  capabilities(signal: AbortSignal): Promise<ContractorCapabilities>;
  /**
   * Identity, boot, stage, version, schematic of one machine, or the parts of it that are asked for. Parts not asked for or not
   * answered are undefined; throws only if nothing answered.
   */
  machine(target: TalosTarget, signal: AbortSignal, parts?: readonly MachinePart[]): Promise<MachineFacts>;
  /** etcd through one control plane node; never throws for a node that does not answer (`error` says why). */
  etcd(target: TalosTarget, signal: AbortSignal): Promise<EtcdViewFacts>;
  /** What became of an attempt; `unknown` from a contractor without receipts. */
  attempt(attemptId: string, signal: AbortSignal): Promise<ReceiptFacts>;
  /** Calls made so far and their failures, for metrics. */
  readonly usage: { readonly calls: number; readonly failures: number };
}

export interface ContractorCapabilities {
  profile: string;
  offered: readonly string[];
  keepsReceipts: boolean;
  /** The contractor's talosctl client version, e.g. v1.13.9, when it said. */
  clientVersion: string | undefined;
}

/** What a dispatch answered: a claim (ARCHITECTURE, Claims are not facts). */
export interface DispatchClaim {
  accepted: boolean;
  detail: string;
}

export interface AttemptDispatch extends TalosTarget {
  attemptId: string;
  systemUuid: string;
  bootId: string;
  /** Earlier attempts in this boot, each proved not to have been started: the only case for another one (SAFETY 3). */
  supersedes?: readonly string[];
}

/** `beforeSent` is called last before the call to the contractor; what it throws is thrown, and nothing is sent (SAFETY 6). */
export interface ContractorActor extends MachineActions {
  readonly cluster: string;
  /** Saves an etcd snapshot to `path` (0600) and verifies its trailing sha256. */
  snapshot(
    authorization: Authorization,
    snapshot: TalosTarget & { path: string },
    signal: AbortSignal,
  ): Promise<{ path: string; bytes: number; sha256: string }>;
  forfeitLeadership(authorization: Authorization, target: TalosTarget, signal: AbortSignal): Promise<void>;
  /**
   * Dispatches an install (and, when `reboots`, the reboot with it). The same attempt id is dispatched once, ever. OUTCOME_UNKNOWN:
   * it may have been or still be sent; any other code: the call is over. Ask `attempt` before anything else.
   */
  install(
    authorization: Authorization,
    attempt: AttemptDispatch & { image: string; reboots: boolean },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  reboot(
    authorization: Authorization,
    attempt: AttemptDispatch,
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
}

/** Everything a front end or the executor needs to work on one cluster. */
export interface ClusterPorts {
  config: ClusterConfig;
  kubernetes: ClusterReader;
  /** Absent where nothing is waited for. */
  watch?: ClusterWatch;
  workloads: WorkloadReader;
  /** Absent where nothing is investigated. */
  symptoms?: SymptomReader;
  /** Absent where nothing is measured. */
  usage?: UsageReader;
  /** Absent where no monitoring system is configured. */
  history?: UsageHistory;
  talos: ContractorReader;
}

export interface ClusterWriters {
  kubernetes: ClusterWriter;
  workloads: WorkloadWriter;
  manifests: Manifests;
  talos: ContractorActor;
}

/** Reading the division directory and leaving requests in it: all a front end may do. [RECORD_CORRUPT, NOT_FOUND] */
export interface Division {
  readonly directory: string;
  /** Newest first. Unreadable records are left out of the list and named in `corrupt`. */
  operations(): Promise<{ operations: Operation[]; corrupt: string[] }>;
  operation(operationId: string): Promise<Operation | undefined>;
  /** Events with cursor > `after`, oldest first. */
  events(operationId: string, after: number): Promise<OperationEvent[]>;
  plans(): Promise<Plan[]>;
  /** By the whole hash or by its unambiguous first 16 or more characters. */
  plan(planHash: string): Promise<Plan | undefined>;
  savePlan(plan: Plan): Promise<void>;
  /** Written atomically and fsynced; the executor picks it up. */
  leaveRequest(request: Request): Promise<void>;
  /** Calls back with the gm:// address of each record that changed, until the returned function is called. */
  onChange(listener: (address: string) => void): () => void;
}

/** The executor's own hold on the directory: the only writer of journals and records. */
export interface DivisionWriter extends Division {
  requests(): Promise<Request[]>;
  /** After its effect is in a journal. */
  dropRequest(requestId: string): Promise<void>;
  /** Opens an operation's journal: truncates a torn tail (said in `tornBytes`), then returns every entry. */
  openJournal(operationId: string): Promise<{ entries: JournalEntry[]; tornBytes: number }>;
  /** Appends and fsyncs; returns the entry with its sequence number and time. */
  append(operationId: string, body: JournalBody, at: string): Promise<JournalEntry>;
  writeOperation(operation: Operation): Promise<void>;
  /** Sets fields of a seed file context/NAME.json, given or made of those that are there; all others stay. */
  writeContext(
    name: 'division-state' | 'cluster-status' | 'metrics',
    value: Record<string, unknown> | ((kept: Record<string, unknown>) => Record<string, unknown>),
  ): Promise<void>;
  /** A line of logs/operations.log, chained to those before it; an operation's entry that stands there is left out. */
  logOperation(line: Record<string, unknown>): Promise<void>;
}
