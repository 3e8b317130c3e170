/** Why a pod stopped being healthy: only the first three can be somebody's fault. */
export type DisruptionCause = 'eviction' | 'deletion' | 'node_down' | 'controller' | 'failure';

export interface MachineRecord {
  node: string;
  boot_id: string;
  at: string;
  kind: string;
}

export interface ViolationRecord {
  budget: string;
  pod: string;
  cause: DisruptionCause;
  healthy: number;
  desired: number;
  at: string;
}

/** A process the simulation killed around a request, for the fault that asked for it. */
export interface KillRecord {
  fault: string;
  when: 'before' | 'after';
  /** What is the same each time the request is sent. */
  request: string;
  pid: number;
  at: string;
}

export interface LedgerReport {
  cluster: string;
  cluster_minutes: number;
  installs: MachineRecord[];
  reboots: MachineRecord[];
  bootstraps: MachineRecord[];
  max_installs_per_boot: number;
  max_reboots_per_boot: number;
  evictions_by_pod_uid: Record<string, number>;
  evictions_accepted: number;
  evictions_refused: number;
  pdb_violations: number;
  pdb_violation_list: ViolationRecord[];
  budget_ready_minimum: Record<string, number>;
  control_plane_overlaps: number;
  control_plane_down_maximum: number;
  etcd_quorum_lost: number;
  etcd_healthy_minimum: number;
  api_requests: Record<string, number>;
  talosctl_calls: Record<string, number>;
  kills: KillRecord[];
}

export type LedgerImage = Omit<
  LedgerReport,
  'cluster' | 'cluster_minutes' | 'max_installs_per_boot' | 'max_reboots_per_boot' | 'pdb_violations'
> & { started_ms: number };

/** What was done to one cluster, as the simulation itself saw it. Tests judge by it. */
export class Ledger {
  readonly #cluster: string;
  readonly #now: () => number;
  #kept: LedgerImage;
  #cause: DisruptionCause = 'deletion';
  #requests = 0;

  constructor(cluster: string, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
    this.#kept = {
      started_ms: now(),
      installs: [],
      reboots: [],
      bootstraps: [],
      evictions_by_pod_uid: {},
      evictions_accepted: 0,
      evictions_refused: 0,
      pdb_violation_list: [],
      budget_ready_minimum: {},
      control_plane_overlaps: 0,
      control_plane_down_maximum: 0,
      etcd_quorum_lost: 0,
      etcd_healthy_minimum: 0,
      api_requests: {},
      talosctl_calls: {},
      kills: [],
    };
  }

  /** One request served by an API server, e.g. ('list', 'pods'). */
  apiRequest(verb: string, resource: string): void {
    this.#requests += 1;
    countIn(this.#kept.api_requests, `${verb} ${resource}`);
  }

  /** One talosctl run by its command words, e.g. 'etcd members'. */
  talosctlCall(command: string): void {
    this.#requests += 1;
    countIn(this.#kept.talosctl_calls, command);
  }

  /** Requests of both faces since this process started. */
  get requests(): number {
    return this.#requests;
  }

  processKilled(kill: Omit<KillRecord, 'at'>): void {
    this.#kept.kills.push({ ...kill, at: this.#at() });
  }

  get kills(): readonly KillRecord[] {
    return this.#kept.kills;
  }

  /** An eviction the API server accepted (201) of a pod that is not terminating already. */
  evictionAccepted(podUid: string): void {
    this.#kept.evictions_accepted += 1;
    countIn(this.#kept.evictions_by_pod_uid, podUid);
  }

  /** An eviction answered 429 because of a budget. */
  evictionRefused(): void {
    this.#kept.evictions_refused += 1;
  }

  /** A boot slot of the machine was overwritten while it ran this boot. */
  install(node: string, bootId: string, kind: string): void {
    this.#kept.installs.push({ node, boot_id: bootId, at: this.#at(), kind });
  }

  /** The machine left this boot by an order. */
  reboot(node: string, bootId: string, kind: string): void {
    this.#kept.reboots.push({ node, boot_id: bootId, at: this.#at(), kind });
  }

  /** An etcd cluster began on the machine: anew, or from a snapshot. */
  bootstrap(node: string, bootId: string, kind: 'anew' | 'snapshot'): void {
    this.#kept.bootstraps.push({ node, boot_id: bootId, at: this.#at(), kind });
  }

  /** Whatever pods lose health inside `act` loses it for this cause. */
  because<T>(cause: DisruptionCause, act: () => T): T {
    const outer = this.#cause;
    this.#cause = cause;
    try {
      return act();
    } finally {
      this.#cause = outer;
    }
  }

  get cause(): DisruptionCause {
    return this.#cause;
  }

  /** The healthy pods of a budget, now; a fall below what it asks for is a violation unless nobody caused it. */
  budgetHealth(
    budget: string,
    fall: { pod: string; cause: DisruptionCause; from: number; to: number; desired: number },
  ) {
    const least = this.#kept.budget_ready_minimum[budget] ?? fall.from;
    this.#kept.budget_ready_minimum[budget] = Math.min(least, fall.to);
    const blamed = fall.cause !== 'controller' && fall.cause !== 'failure';
    if (!blamed || fall.from < fall.desired || fall.to >= fall.desired) return;
    this.#kept.pdb_violation_list.push({
      budget,
      pod: fall.pod,
      cause: fall.cause,
      healthy: fall.to,
      desired: fall.desired,
      at: this.#at(),
    });
  }

  /** How many control plane machines are down, each time that number changes. */
  controlPlaneDown(down: number, before: number): void {
    if (down > 1 && before <= 1) this.#kept.control_plane_overlaps += 1;
    this.#kept.control_plane_down_maximum = Math.max(this.#kept.control_plane_down_maximum, down);
  }

  /** The etcd members that answer, each time that may have changed; `first` sets the minimum's start. */
  etcdHealth(healthy: number, quorum: { held: boolean; heldBefore: boolean; first?: boolean }): void {
    this.#kept.etcd_healthy_minimum = quorum.first ? healthy : Math.min(this.#kept.etcd_healthy_minimum, healthy);
    if (quorum.heldBefore && !quorum.held) this.#kept.etcd_quorum_lost += 1;
  }

  report(): LedgerReport {
    const { started_ms, ...kept } = this.#kept;
    return {
      cluster: this.#cluster,
      cluster_minutes: Math.round((this.#now() - started_ms) / 600) / 100,
      ...kept,
      max_installs_per_boot: mostPerBoot(kept.installs),
      max_reboots_per_boot: mostPerBoot(kept.reboots),
      pdb_violations: kept.pdb_violation_list.length,
    };
  }

  image(): LedgerImage {
    return this.#kept;
  }

  restore(image: LedgerImage): void {
    this.#kept = { ...image, kills: image.kills ?? [], bootstraps: image.bootstraps ?? [] };
  }

  #at(): string {
    return new Date(this.#now()).toISOString();
  }
}

function countIn(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function mostPerBoot(records: readonly MachineRecord[]): number {
  const counts: Record<string, number> = {};
  for (const { node, boot_id } of records) countIn(counts, `${node} ${boot_id}`);
  return Math.max(0, ...Object.values(counts));
}
