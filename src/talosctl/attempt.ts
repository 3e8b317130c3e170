import * as z from 'zod';

/** What is dispatched once, ever, and leaves a receipt. */
const attemptKinds = [
  'install',
  'reboot',
  'bootstrap',
  'recover_etcd',
  'reset',
  'shutdown',
  'rollback',
  'upgrade_kubernetes',
  'rotate_ca',
] as const;

/** What an attempt is meant to do, to which machine, in which of its boots; kept in its receipt. */
export const Attempt = z.strictObject({
  attempt_id: z.string(),
  kind: z.enum(attemptKinds),
  node: z.string(),
  system_uuid: z.string(),
  boot_id: z.string(),
  image: z.string().nullable(),
  reboots: z.boolean(),
  /** Attempts that were not carried out: this one takes the claim on the boot over from any of them. */
  supersedes: z.array(z.string()).optional(),
  /** What talosctl is to do, of another kind than an install or a reboot. */
  command: z.array(z.string()).optional(),
  /** What is claimed instead of the one boot of the machine: a cluster's whole life, or one cluster at a time. */
  scope: z.string().optional(),
});
export type Attempt = z.infer<typeof Attempt>;

/** Whether both claim the same thing for the same kind of work. */
export function isOfSameBoot(one: Attempt, other: Attempt): boolean {
  return one.kind === other.kind && claimOf(one) === claimOf(other);
}

/** What an attempt claims: the machine's one boot, unless it says something wider. */
export const claimOf = ({ system_uuid, boot_id, scope }: Attempt): string => scope ?? `${system_uuid}-${boot_id}`;

/** `upgrade-k8s` looks and does what is missing: safe to run again once it has ended, in whatever way (SAFETY 3, contractors 3.8). */
export const RUNS_AGAIN: Attempt['kind'] = 'upgrade_kubernetes';
