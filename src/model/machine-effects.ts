/** Effects on Talos machines beside those of an upgrade (model/effect.ts). Journalled: no member holds a secret, only paths and hashes. */
import * as z from 'zod';
import { ApplyMode, ConfigPatch } from './config-patch.ts';
import { wipedLabels } from './talos-actions.ts';

export const node = { cluster: z.string(), node: z.string() };
const reached = { address: z.string(), endpoints: z.array(z.string()) };
export const attempt = {
  attempt_id: z.string(),
  /** Identity and boot the attempt is bound to: at most one install and one reboot dispatch per (system_uuid, boot_id). */
  system_uuid: z.string(),
  boot_id: z.string(),
  ...reached,
  /** The attempts of this kind in this boot that were proved, or resolved, not to have been started (SAFETY 3b, 3c). */
  supersedes: z.array(z.string()).optional(),
};
/** A file inside secrets_dir and the sha256 of what must stand there. */
const secretFile = { path: z.string(), sha256: z.string() };

export const machineEffects = [
  z.object({
    kind: z.literal('apply_config'),
    ...node,
    ...reached,
    system_uuid: z.string(),
    ...secretFile,
    mode: ApplyMode,
    /** To a machine that has no configuration and is no node of the cluster yet. */
    maintenance: z.boolean(),
  }),
  z.object({
    kind: z.literal('patch_config'),
    ...node,
    ...reached,
    system_uuid: z.string(),
    patch: ConfigPatch,
    mode: ApplyMode,
  }),
  z.object({ kind: z.literal('bootstrap'), ...node, ...attempt, control_plane: z.array(z.string()) }),
  z.object({
    kind: z.literal('recover_etcd'),
    ...node,
    ...attempt,
    ...secretFile,
    control_plane: z.array(z.string()),
    gone: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('reset'),
    ...node,
    ...attempt,
    graceful: z.boolean(),
    reboots: z.boolean(),
    labels: z.array(z.enum(wipedLabels)),
    /** etcd's quorum was proved lost: a Kubernetes that can't be asked for the Lease does not keep it from being sent. */
    quorum_is_lost: z.boolean(),
    /** Of the scratch cluster, whose Kubernetes is a copy of another's: there is no Lease to be held in it. */
    scratch: z.literal(true).optional(),
  }),
  z.object({ kind: z.literal('shutdown'), ...node, ...attempt, force: z.boolean() }),
  z.object({ kind: z.literal('rollback_boot'), ...node, ...attempt }),
  z.object({
    kind: z.literal('upgrade_kubernetes'),
    ...node,
    ...attempt,
    from: z.string(),
    to: z.string(),
    kubelets: z.boolean(),
  }),
  z.object({
    kind: z.literal('rotate_certificates'),
    ...node,
    ...attempt,
    authority: z.enum(['talos', 'kubernetes']),
    /** A new file inside secrets_dir, for the talosconfig that a new Talos authority makes. */
    talosconfig_path: z.string(),
  }),
  /** `node` is whose member goes; `address` another member's, which is asked. */
  z.object({ kind: z.literal('remove_etcd_member'), ...node, ...reached, member_id: z.string() }),
  z.object({ kind: z.literal('leave_etcd'), ...node, ...reached }),
  z.object({ kind: z.literal('defragment'), ...node, ...reached }),
  z.object({ kind: z.literal('disarm_alarm'), ...node, ...reached }),
  z.object({ kind: z.literal('write_kubeconfig'), ...node, ...reached, path: z.string() }),
] as const;
