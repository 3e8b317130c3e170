/** Faults of one machine; `node` narrows to one, absent = whichever machine gets there first. */
export const MACHINE_FAULTS = [
  'node_never_returns',
  'node_boots_old_slot',
  'node_returns_slowly',
  'upgrade_refused',
  'image_missing',
  'install_done_no_reboot',
  'tool_hangs',
  'lying_upgrade',
  'wrong_identity',
  'etcd_member_unhealthy',
  'etcd_nospace',
  'foreign_cordon',
] as const;

/** Faults of the Kubernetes API; `resource` and `verb` narrow them, `node` to one control plane node's server. */
export const API_FAULTS = ['api_429', 'api_5xx', 'api_reset', 'api_slow'] as const;

/** Faults of pods; `namespace` and `pod` narrow them. */
export const POD_FAULTS = ['evict_webhook_500', 'evict_denied', 'pod_stuck_terminating'] as const;

export type FaultKind = (typeof MACHINE_FAULTS)[number] | (typeof API_FAULTS)[number] | (typeof POD_FAULTS)[number];

export interface Fault {
  id: string;
  kind: FaultKind;
  cluster: string;
  /** Times it will still strike; null = until it is deleted. */
  count: number | null;
  node?: string;
  namespace?: string;
  pod?: string;
  resource?: string;
  verb?: string;
  /** api_5xx: the status answered (default 503). */
  status?: number;
  /** api_429, api_5xx: the Retry-After header; absent = none for 5xx, 1 for 429. */
  retry_after_seconds?: number;
  /** api_slow: delay an answer; node_returns_slowly: added to the boot. Cluster time. */
  delay_ms?: number;
  /** wrong_identity: the machine that answers instead, `as_cluster` defaulting to the same cluster. */
  as_node?: string;
  as_cluster?: string;
}
