import type { ApplyMode, ConfigPatch } from '../model/config-patch.ts';
import { absolutePath, type Command, checked } from './argv.ts';

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const MEMBER_ID = /^[0-9a-f]{16}$/;

/** A Kubernetes version without the v, e.g. 1.34.2. */
function kubernetesVersion(given: string): string {
  return checked('version', given, VERSION.test(given), 'a version such as 1.34.2');
}

const dry = (isDry: boolean): string[] => (isDry ? ['--dry-run'] : []);
const ofPods = (kubernetes: boolean): string[] => (kubernetes ? ['--kubernetes'] : []);

/** Documentation and examples of every field would be written into each machine's configuration. */
const PLAIN = ['--with-docs=false', '--with-examples=false'] as const;

function rotation(authority: 'talos' | 'kubernetes'): string[] {
  return [`--talos=${authority === 'talos'}`, `--kubernetes=${authority === 'kubernetes'}`, ...PLAIN];
}

/** What talosctl is asked about, or does to, one machine beside upgrading it; flags as research contractors 5 has them. */
export const machineCommands = {
  dmesg: (): Command => ['dmesg'],
  time: (): Command => ['time'],
  memory: (): Command => ['memory'],
  containers: (kubernetes: boolean): Command => ['containers', ...ofPods(kubernetes)],
  stats: (kubernetes: boolean): Command => ['stats', ...ofPods(kubernetes)],
  images: (namespace: 'cri' | 'system'): Command => ['image', 'list', '--namespace', namespace],
  kubeletCertificate: (): Command => ['read', '/var/lib/kubelet/pki/kubelet-client-current.pem'],
  applyConfig: (path: string, mode: ApplyMode, isDry: boolean): Command => [
    'apply-config',
    '--file',
    absolutePath(path),
    '--mode',
    mode,
    ...dry(isDry),
  ],
  patchConfig: (patch: ConfigPatch, mode: ApplyMode, isDry: boolean): Command => [
    'patch',
    'machineconfig',
    '--patch',
    JSON.stringify(patch),
    '--mode',
    mode,
    ...dry(isDry),
  ],
  bootstrap: (): Command => ['bootstrap'],
  recoverEtcd: (path: string): Command => ['bootstrap', '--recover-from', absolutePath(path)],
  /** `--graceful` and `--reboot` are always said: without them a reset is graceful and turns the machine off. */
  reset: (graceful: boolean, reboots: boolean, labels: readonly string[]): Command => [
    'reset',
    `--graceful=${graceful}`,
    `--reboot=${reboots}`,
    // Without a label the whole system disk would be wiped.
    `--system-labels-to-wipe=${checked('labels', labels.join(','), labels.length > 0, 'a list of system partitions')}`,
    '--wait=false',
  ],
  shutdown: (force: boolean): Command => ['shutdown', `--force=${force}`, '--wait=false'],
  rollback: (): Command => ['rollback'],
  /** Without `--upgrade-kubelet=false` it restarts every kubelet of the cluster, one after the other, undrained. */
  upgradeKubernetes: (from: string, to: string, kubelets: boolean): Command => [
    'upgrade-k8s',
    '--from',
    kubernetesVersion(from),
    '--to',
    kubernetesVersion(to),
    `--upgrade-kubelet=${kubelets}`,
    ...PLAIN,
  ],
  kubernetesUpgradePlan: (to: string, kubelets: boolean): Command => [
    'upgrade-k8s',
    '--to',
    kubernetesVersion(to),
    `--upgrade-kubelet=${kubelets}`,
    '--pre-pull-images=false',
    '--dry-run',
  ],
  rotateCa: (authority: 'talos' | 'kubernetes', talosconfigPath: string): Command => [
    'rotate-ca',
    '--dry-run=false',
    ...rotation(authority),
    '--output',
    absolutePath(talosconfigPath),
  ],
  rotationPlan: (authority: 'talos' | 'kubernetes'): Command => ['rotate-ca', '--dry-run', ...rotation(authority)],
  etcdRemoveMember: (id: string): Command => [
    'etcd',
    'remove-member',
    checked('member_id', id, MEMBER_ID.test(id), 'the id of an etcd member, 16 hex digits'),
  ],
  etcdLeave: (): Command => ['etcd', 'leave'],
  etcdDefragment: (): Command => ['etcd', 'defrag'],
  etcdDisarm: (): Command => ['etcd', 'alarm', 'disarm'],
  kubeconfig: (path: string): Command => ['kubeconfig', absolutePath(path), '--merge=false'],
} as const;
