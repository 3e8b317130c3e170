/** Reads of one machine that the first-party Talos contractor offers beside those an upgrade needs (model/talos.ts). */
import * as z from 'zod';
import { ConfigPatch } from './config-patch.ts';
import { TalosTarget, target } from './talos-calls.ts';

const mostLines = z.number().int().min(1).max(2000);
const unanswered = z.array(z.object({ part: z.string(), error_class: z.string(), message: z.string() }));

/** What a certificate is for. `kubelet` is the client certificate the kubelet renews, `client` the talosconfig's own. */
export const certificateKinds = ['talos', 'kubernetes', 'etcd', 'kubelet', 'client', 'authority'] as const;

const TalosCertificates = z.looseObject({
  node: z.string(),
  certificates: z.array(
    z.looseObject({
      kind: z.enum(certificateKinds),
      name: z.string(),
      not_before: z.string().describe('ISO 8601'),
      expires_at: z.string().describe('ISO 8601'),
    }),
  ),
  unanswered,
});
export const diskShape = {
  id: z.string(),
  dev_path: z.string(),
  size_bytes: z.number(),
  model: z.string(),
  serial: z.string(),
  wwid: z.string(),
  transport: z.string(),
  rotational: z.boolean(),
  read_only: z.boolean(),
};
const disk = z.looseObject(diskShape);
const TalosDisks = z.looseObject({ node: z.string(), disks: z.array(disk) });
const TalosDmesg = z.looseObject({ node: z.string(), lines: z.array(z.string()) });
const TalosTime = z.looseObject({
  node: z.string(),
  server: z.string(),
  node_time: z.string(),
  server_time: z.string(),
  offset_ms: z.number().describe('node minus time server'),
});
const megabytes = z.number().describe('MB');
const TalosMemory = z.looseObject({
  node: z.string(),
  total_mb: megabytes,
  used_mb: megabytes,
  free_mb: megabytes,
  available_mb: megabytes,
});
const TalosContainers = z.looseObject({
  node: z.string(),
  containers: z.array(
    z.looseObject({ namespace: z.string(), id: z.string(), image: z.string(), pid: z.number(), status: z.string() }),
  ),
});
const TalosStats = z.looseObject({
  node: z.string(),
  stats: z.array(
    z.looseObject({
      namespace: z.string(),
      id: z.string(),
      memory_mb: megabytes,
      cpu_nanoseconds: z.number().describe('since the container began'),
    }),
  ),
});
const TalosImages = z.looseObject({
  node: z.string(),
  images: z.array(z.looseObject({ image: z.string(), digest: z.string(), size: z.string(), created: z.string() })),
});
const TalosMaintenanceMachine = z.looseObject({ node: z.string(), system_uuid: z.string(), disks: z.array(disk) });
const TalosConfigPreview = z.looseObject({
  node: z.string(),
  changes: z.boolean(),
  reboots: z.boolean(),
  changed_keys: z.array(z.string()).describe('keys on the lines that differ; never their values'),
});
const TalosKubernetesUpgradePlan = z.looseObject({
  from: z.string(),
  to: z.string(),
  control_plane: z.array(z.string()),
  workers: z.array(z.string()),
  changes: z.array(z.looseObject({ node: z.string(), component: z.string(), from: z.string(), to: z.string() })),
});
const TalosRotationPlan = z.looseObject({
  authority: z.enum(['talos', 'kubernetes']),
  control_plane: z.array(z.string()),
  workers: z.array(z.string()),
});

const TalosDmesgInput = z.strictObject({ ...target, tail_lines: mostLines });
const TalosContainersInput = z.strictObject({
  ...target,
  kubernetes: z.boolean().describe('true: those of pods; false: those of Talos itself'),
});
const TalosImagesInput = z.strictObject({ ...target, namespace: z.enum(['cri', 'system']) });
export const configFile = {
  path: z.string().describe('absolute path of a machine config inside GM_SECRETS_DIR'),
  sha256: z.string().describe('of that file, in lower-case hex'),
};
const TalosApplyPreviewInput = z.strictObject({ ...target, ...configFile });
const TalosPatchPreviewInput = z.strictObject({ ...target, patch: ConfigPatch });
const TalosKubernetesUpgradePlanInput = z.strictObject({
  ...target,
  to: z.string().describe('Kubernetes version, e.g. 1.34.2'),
  kubelets: z.boolean().describe('true: the kubelets too, undrained; false: the control plane and kube-proxy only'),
});
const TalosRotationPlanInput = z.strictObject({ ...target, authority: z.enum(['talos', 'kubernetes']) });

/** Tool name -> input and result. */
export const talosReadTools = {
  talos_certificates: { input: TalosTarget, output: TalosCertificates },
  talos_disks: { input: TalosTarget, output: TalosDisks },
  talos_dmesg: { input: TalosDmesgInput, output: TalosDmesg },
  talos_time: { input: TalosTarget, output: TalosTime },
  talos_memory: { input: TalosTarget, output: TalosMemory },
  talos_containers: { input: TalosContainersInput, output: TalosContainers },
  talos_stats: { input: TalosContainersInput, output: TalosStats },
  talos_images: { input: TalosImagesInput, output: TalosImages },
  talos_maintenance_machine: { input: TalosTarget, output: TalosMaintenanceMachine },
  talos_apply_preview: { input: TalosApplyPreviewInput, output: TalosConfigPreview },
  talos_patch_preview: { input: TalosPatchPreviewInput, output: TalosConfigPreview },
  talos_kubernetes_upgrade_plan: { input: TalosKubernetesUpgradePlanInput, output: TalosKubernetesUpgradePlan },
  talos_rotation_plan: { input: TalosRotationPlanInput, output: TalosRotationPlan },
} as const;
