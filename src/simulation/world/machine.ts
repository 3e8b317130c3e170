export type SlotName = 'A' | 'B';

export interface Slot {
  /** e.g. v1.12.11 */
  version: string;
  /** The image factory's schematic id, 64 hex digits. */
  schematic: string;
}

export type MachineStage = 'booting' | 'running' | 'rebooting' | 'upgrading' | 'shutting down' | 'maintenance' | 'off';

export type SequenceAction = 'upgrade' | 'install' | 'reboot' | 'shutdown' | 'rollback';

/** What a machine is doing by order; one at a time. */
export interface Sequence {
  actor_id: string;
  action: SequenceAction;
  step: 'pulling' | 'draining' | 'stopping' | 'installing' | 'going_down';
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
  console: ConsoleLine[];
}

export const otherSlot = (slot: SlotName): SlotName => (slot === 'A' ? 'B' : 'A');

/** apid answers: the machine is up far enough to be asked. */
export const answersTalos = (machine: Machine): boolean => machine.stage !== 'off' && machine.stage !== 'rebooting';
