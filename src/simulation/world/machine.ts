export type SlotName = 'A' | 'B';

export interface Slot {
  /** e.g. v1.12.11 */
  version: string;
  /** The image factory's schematic id, 64 hex digits. */
  schematic: string;
}

export type MachineStage = 'booting' | 'running' | 'rebooting' | 'upgrading' | 'shutting down' | 'maintenance' | 'off';

export type SequenceAction =
  | 'upgrade'
  | 'install'
  | 'reboot'
  | 'shutdown'
  | 'rollback'
  | 'reset'
  | 'apply-config'
  | 'initialize';

export const CONTROL_PLANE_COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** A static pod of every control plane machine. */
export type ControlPlaneComponent = (typeof CONTROL_PLANE_COMPONENTS)[number];

/** What `talosctl reset` asks for. */
export interface ResetOrder {
  /** Cordon, drain and leave etcd first. */
  graceful: boolean;
  /** Boot again afterwards; else power off. */
  reboot: boolean;
  /** Partitions by label, e.g. EPHEMERAL; none = the whole system disk. */
  labels: string[];
}

/** The machine configuration as a YAML reader gives it. */
export type ConfigDocument = Record<string, unknown>;

/** The configuration of a machine once somebody changed it; before that it follows from the machine's facts. */
export interface MachineConfig {
  /** Of the MachineConfig resource. */
  version: number;
  document: ConfigDocument;
  /** Becomes the document at the next boot. */
  staged?: ConfigDocument;
  /** Mode try: becomes the document again then. */
  before_try?: { document: ConfigDocument; until_ms: number };
}

/** What a machine is doing by order; one at a time. */
export interface Sequence {
  actor_id: string;
  action: SequenceAction;
  step: 'pulling' | 'draining' | 'stopping' | 'installing' | 'leaving' | 'going_down';
  reset?: ResetOrder;
  image?: string;
  target?: Slot;
  /** A legacy upgrade: etcd is not asked before it is accepted. */
  skips_etcd_check: boolean;
  /** The drain gives up then and goes on. */
  drain_until_ms?: number;
  /** This boot's order is a lie: nothing will be done. */
  lies?: boolean;
}

export interface ConsoleLine {
  at_ms: number;
  text: string;
}

/** One Talos machine. Its fields are saved as they are, hence snake_case. */
export interface Machine {
  name: string;
  ip: string;
  /** The addresses of its pods, a /24. */
  pod_cidr: string;
  role: 'controlplane' | 'worker';
  system_uuid: string;
  boot_id: string;
  boots: number;
  booted_ms: number;
  stage: MachineStage;
  /** MachineStatus' ready: stage running and kubelet's node ready. */
  is_ready: boolean;
  slots: Partial<Record<SlotName, Slot>>;
  /** What was booted; its slot may have been overwritten since. */
  running: Slot;
  running_slot: SlotName;
  /** The boot loader's default. */
  next_slot: SlotName;
  kubelet_version: string;
  kubelet_runs: boolean;
  etcd_runs: boolean;
  api_server_runs: boolean;
  platform: 'metal';
  cpu_cores: number;
  memory_mib: number;
  /** Of the failure domain, when the fleet has zones. */
  zone?: string;
  /** A fault keeps it off until the faults are cleared. */
  is_lost?: boolean;
  sequence?: Sequence;
  /** When its kubelet renewed its lease last, by the cluster's clock: the lease itself bears the machine's. */
  lease_renewed_ms?: number;
  /** Versions of its static pods; absent = the cluster's. */
  control_plane_versions?: Record<ControlPlaneComponent, string>;
  config?: MachineConfig;
  /** The kubelet restarts and is this version from then on. */
  kubelet_pending?: { version: string; ready_ms: number };
  /** The etcd data directory holds nothing: the service waits to join or to be bootstrapped. */
  etcd_is_empty?: boolean;
  /** The database file was shrunk to what it holds then. */
  etcd_defragmented_ms?: number;
  /** The machine configuration is gone: it boots into maintenance mode. */
  is_wiped?: boolean;
  /** Images pulled by order, oldest first. */
  pulled_images?: string[];
  console: ConsoleLine[];
}

export const otherSlot = (slot: SlotName): SlotName => (slot === 'A' ? 'B' : 'A');

/** apid answers: the machine is up far enough to be asked. In maintenance mode it answers only unauthenticated calls. */
export const answersTalos = (machine: Machine): boolean => machine.stage !== 'off' && machine.stage !== 'rebooting';
