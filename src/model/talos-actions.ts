/** What the first-party Talos contractor does to a machine or its cluster beside upgrading it (model/talos.ts). */
import * as z from 'zod';
import { ApplyMode, ConfigPatch } from './config-patch.ts';
import { attempt, TalosDispatch, TalosTarget, target } from './talos-calls.ts';
import { configFile } from './talos-reads.ts';

/** Partitions a reset may wipe; the rest of the system disk, with the installed Talos, is never touched. */
export const wipedLabels = ['STATE', 'EPHEMERAL'] as const;
const systemUuid = z.string().describe('the machine meant; refused when the node answers with another');
const controlPlane = z
  .array(z.string())
  .min(1)
  .describe('addresses of every control plane node of the cluster: on none of them may etcd run');
const version = z.string().describe('Kubernetes version, e.g. 1.34.2');

const TalosApplyConfigInput = z.strictObject({
  ...target,
  system_uuid: systemUuid,
  ...configFile,
  mode: ApplyMode,
  maintenance: z.boolean().describe('true: the machine has no configuration yet and takes one from anybody'),
});
const TalosPatchConfigInput = z.strictObject({
  ...target,
  system_uuid: systemUuid,
  patch: ConfigPatch,
  mode: ApplyMode,
});
const TalosApplied = z.looseObject({
  node: z.string(),
  changed: z.boolean(),
  reboots: z.boolean(),
  detail: z.string(),
});
const TalosBootstrapInput = z.strictObject({ ...target, ...attempt, control_plane: controlPlane });
const TalosRecoverEtcdInput = z.strictObject({
  ...target,
  ...attempt,
  path: z.string().describe('absolute path of a snapshot that ends with its sha256'),
  sha256: z.string().describe('of the whole file, in lower-case hex'),
  control_plane: controlPlane,
  gone: z.array(z.string()).describe('those of control_plane that are known to be lost for good: they need not answer'),
});
const TalosResetInput = z.strictObject({
  ...target,
  ...attempt,
  graceful: z.boolean().describe('true: the node cordons and drains itself and leaves etcd first'),
  reboots: z.boolean().describe('true: it reboots afterwards; false: it turns itself off'),
  labels: z.array(z.enum(wipedLabels)).min(1).describe('system partitions to wipe'),
});
const TalosShutdownInput = z.strictObject({
  ...target,
  ...attempt,
  force: z.boolean().describe('true: without the cordon and drain of its own'),
});
const TalosRollbackInput = z.strictObject({ ...target, ...attempt });
const TalosUpgradeKubernetesInput = z.strictObject({
  ...target,
  ...attempt,
  from: version,
  to: version,
  kubelets: z.boolean().describe('true: the kubelets too, undrained; false: the control plane and kube-proxy only'),
});
const TalosRotateCaInput = z.strictObject({
  ...target,
  ...attempt,
  authority: z.enum(['talos', 'kubernetes']),
  talosconfig_path: z
    .string()
    .describe(
      'absolute path inside GM_SECRETS_DIR of a new file: where the new talosconfig goes when authority is talos',
    ),
});
const TalosMemberInput = z.strictObject({
  ...target,
  member_id: z.string().describe('16 hex digits; node is another member, which is asked to remove it'),
});
const TalosDone = z.looseObject({ node: z.string(), detail: z.string() });
const TalosDisarmed = z.looseObject({
  node: z.string(),
  disarmed: z.array(z.looseObject({ member_id: z.string(), alarm: z.string() })),
});
const TalosKubeconfigInput = z.strictObject({
  ...target,
  path: z.string().describe('absolute path inside GM_SECRETS_DIR; a file there is replaced'),
});
const TalosKubeconfig = z.looseObject({
  path: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  server: z.string(),
  expires_at: z.string().nullable(),
});

/** Tool name -> input and result. */
export const talosActionTools = {
  talos_apply_config: { input: TalosApplyConfigInput, output: TalosApplied },
  talos_patch_config: { input: TalosPatchConfigInput, output: TalosApplied },
  talos_bootstrap: { input: TalosBootstrapInput, output: TalosDispatch },
  talos_recover_etcd: { input: TalosRecoverEtcdInput, output: TalosDispatch },
  talos_reset: { input: TalosResetInput, output: TalosDispatch },
  talos_shutdown: { input: TalosShutdownInput, output: TalosDispatch },
  talos_rollback: { input: TalosRollbackInput, output: TalosDispatch },
  talos_upgrade_kubernetes: { input: TalosUpgradeKubernetesInput, output: TalosDispatch },
  talos_rotate_ca: { input: TalosRotateCaInput, output: TalosDispatch },
  talos_etcd_remove_member: { input: TalosMemberInput, output: TalosDone },
  talos_etcd_leave: { input: TalosTarget, output: TalosDone },
  talos_etcd_defragment: { input: TalosTarget, output: TalosDone },
  talos_etcd_disarm_alarms: { input: TalosTarget, output: TalosDisarmed },
  talos_kubeconfig: { input: TalosKubeconfigInput, output: TalosKubeconfig },
} as const;
