/** What one Talos machine tells of itself beside its identity (model/facts.ts): from its contractor, checked by a reader. */

export interface CertificateFacts {
  /** `kubelet`: the client certificate that the kubelet renews; `client`: the talosconfig's; `authority`: one that signs others. */
  kind: 'talos' | 'kubernetes' | 'etcd' | 'kubelet' | 'client' | 'authority';
  name: string;
  /** Epoch milliseconds. */
  notBefore: number;
  expiresAt: number;
}

/** `unanswered` says what could not be read: a certificate that is not listed is not known to be valid. */
export interface CertificateView {
  certificates: readonly CertificateFacts[];
  unanswered: readonly string[];
}

export interface DiskFacts {
  id: string;
  devPath: string;
  sizeBytes: number;
  model: string;
  serial: string;
  wwid: string;
  transport: string;
  isRotational: boolean;
  isReadOnly: boolean;
}

export interface TalosServiceFacts {
  id: string;
  state: string;
  /** `?` is unknown, not healthy. */
  health: 'OK' | 'Fail' | '?';
  lastEvent: string;
}

export interface TimeFacts {
  /** The time server asked. */
  server: string;
  /** The node's clock minus the server's, milliseconds. */
  offsetMs: number;
}

/** MB, as talosctl tells it. */
export interface MemoryFacts {
  totalMb: number;
  usedMb: number;
  freeMb: number;
  availableMb: number;
}

export interface ContainerFacts {
  namespace: string;
  /** namespace/pod:container:id for a container of a pod. */
  id: string;
  image: string;
  pid: number;
  status: string;
}

export interface ContainerUsageFacts {
  namespace: string;
  id: string;
  memoryMb: number;
  /** Since the container began. */
  cpuNanoseconds: number;
}

export interface ImageFacts {
  image: string;
  digest: string;
  size: string;
  created: string;
}

/** A machine without a configuration: it answers anybody, so only its UUID says which one it is. */
export interface MaintenanceMachineFacts {
  address: string;
  systemUuid: string;
  disks: readonly DiskFacts[];
}

/** What a configuration would change: keys, never values. */
export interface ConfigPreviewFacts {
  changes: boolean;
  reboots: boolean;
  changedKeys: readonly string[];
}

/** What `upgrade-k8s` would do, found out by its own dry run. Versions without the v. */
export interface KubernetesUpgradeFacts {
  from: string;
  to: string;
  controlPlane: readonly string[];
  workers: readonly string[];
  changes: readonly { address: string; component: string; from: string; to: string }[];
}

/** Whose certificates a rotation of an authority would replace: addresses. */
export interface RotationFacts {
  controlPlane: readonly string[];
  workers: readonly string[];
}
