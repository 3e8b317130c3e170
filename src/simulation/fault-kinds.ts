/** Faults of one machine or of the tool that talks to it; `node` narrows to one, absent = whichever gets there first. */
export const MACHINE_FAULTS = [
  'node_never_returns',
  'node_boots_old_slot',
  'node_returns_slowly',
  'upgrade_refused',
  'image_missing',
  'install_done_no_reboot',
  'tool_hangs',
  'tool_killed',
  'tool_dies_with_client',
  'lying_upgrade',
  'wrong_identity',
  'clock_skew',
  'etcd_member_unhealthy',
  'etcd_nospace',
  'etcd_no_leader',
  'etcd_learner',
  'foreign_cordon',
  'external_uncordon',
  'another_upgrader',
] as const;

/** Faults of the Kubernetes API; `resource` and `verb` narrow them, `node` to one control plane node's server. */
export const API_FAULTS = [
  'api_429',
  'api_5xx',
  'api_reset',
  'api_slow',
  'api_half_open',
  'api_stale_watch',
  'api_lost_answer',
] as const;

/** Faults of pods, their budgets and volumes; `namespace`, `pod` (NAME or PREFIX*) and `node` narrow them. */
export const POD_FAULTS = [
  'evict_webhook_500',
  'evict_denied',
  'pod_stuck_terminating',
  'pod_crash_loop',
  'volume_stuck',
  'budget_blocked',
  'budget_second',
] as const;

/**
 * Faults of the processes that ask: kill -9 around each request that changes something, of the Kubernetes API (`resource`,
 * `verb` and the server's `node` narrow it) or of talosctl (`verb` talosctl, `resource` its command, `node` the machine).
 */
export const PROCESS_FAULTS = ['process_killed'] as const;

export type FaultKind =
  | (typeof MACHINE_FAULTS)[number]
  | (typeof API_FAULTS)[number]
  | (typeof POD_FAULTS)[number]
  | (typeof PROCESS_FAULTS)[number];

export interface Fault {
  id: string;
  kind: FaultKind;
  cluster: string;
  /** Times it will still strike; null = until it is deleted. */
  count: number | null;
  node?: string;
  namespace?: string;
  /** A name, or the beginning of names with a `*` after it. */
  pod?: string;
  /** The PodDisruptionBudget of budget_blocked and budget_second. */
  budget?: string;
  resource?: string;
  verb?: string;
  /** api_5xx: the status answered (default 503). pod_crash_loop: 137 for containers that are killed for their memory. */
  status?: number;
  /** api_429, api_5xx: the Retry-After header; absent = none for 5xx, 1 for 429. */
  retry_after_seconds?: number;
  /**
   * Cluster time. api_slow: before an answer; node_returns_slowly: added to the boot; foreign_cordon: before it;
   * external_uncordon: after a cordon.
   */
  delay_ms?: number;
  /** clock_skew: how far the machine's clock is ahead; negative = behind. */
  skew_ms?: number;
  /** another_upgrader: whom its Lease names. */
  holder?: string;
  /** wrong_identity: the machine that answers instead, `as_cluster` defaulting to the same cluster. */
  as_node?: string;
  as_cluster?: string;
  /** process_killed: whom; a file that holds the pid (`NAME*`: the newest generation of it); the nearest below it with these words in its command line. */
  pid?: number;
  pid_file?: string;
  descendant?: string;
  /** process_killed: `before` the request is carried out or `after`; absent: once each. */
  when?: string;
  /** What there was before, for when the fault ends. */
  kept?: string;
}

/** A fault that is to be armed at a moment of cluster time. */
export interface PlannedFault {
  id: string;
  cluster: string;
  at_ms: number;
  request: Record<string, unknown>;
}
