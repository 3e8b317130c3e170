/**
 * What the first-party Talos contractor says over MCP: tool names, inputs and structured results. The contractor writes these
 * shapes, the client side reads them; other people's contractors have readers of their own.
 */
import * as z from 'zod';
import { machineParts } from './facts.ts';
import { talosActionTools } from './talos-actions.ts';
import { attempt, TalosDispatch, TalosTarget, target } from './talos-calls.ts';
import { talosReadTools } from './talos-reads.ts';

export const TalosMachineInput = z.strictObject({
  ...target,
  parts: z.array(z.enum(machineParts)).min(1).optional().describe('what to read; all by default'),
});
export const TalosInstallInput = z.strictObject({
  ...target,
  ...attempt,
  image: z.string(),
  reboots: z.boolean().describe('true: install and reboot in one call; false: install only (needs Talos >= 1.13.7)'),
});
export const TalosRebootInput = z.strictObject({ ...target, ...attempt });
export const TalosSnapshotInput = z.strictObject({
  ...target,
  path: z.string().describe('absolute path of a new file'),
});
export const TalosLogsInput = z.strictObject({
  ...target,
  service: z.string(),
  tail_lines: z.number().int().min(1).max(2000),
});
export const TalosAttemptInput = z.strictObject({ attempt_id: z.string() });

export const TalosVersion = z.looseObject({
  node: z.string(),
  server: z.string().nullable().describe('server tag; null when the node did not answer'),
  client: z.string().nullable(),
});
export const TalosMachine = z.looseObject({
  node: z.string(),
  nodename: z.string().nullable(),
  server: z.string().nullable(),
  boot_id: z.string().nullable(),
  system_uuid: z.string().nullable(),
  stage: z.string().nullable(),
  ready: z.boolean().nullable(),
  schematic: z.string().nullable(),
  extensions: z.array(z.string()).nullable(),
  platform: z.string().nullable(),
  secure_boot: z.boolean().nullable(),
  unanswered: z.array(z.object({ part: z.string(), error_class: z.string(), message: z.string() })),
});
export const TalosMembers = z.looseObject({
  members: z.array(
    z.looseObject({
      hostname: z.string(),
      machine_type: z.string(),
      operating_system: z.string(),
      addresses: z.array(z.string()),
    }),
  ),
});
export const TalosServices = z.looseObject({
  services: z.array(
    z.looseObject({ id: z.string(), state: z.string(), health: z.enum(['OK', 'Fail', '?']), last_event: z.string() }),
  ),
});
export const TalosLogs = z.looseObject({ service: z.string(), lines: z.array(z.string()) });
export const TalosEtcdMembers = z.looseObject({
  members: z.array(
    z.looseObject({
      id: z.string(),
      hostname: z.string(),
      peer_urls: z.array(z.string()),
      learner: z.boolean(),
    }),
  ),
});
export const TalosEtcdStatus = z.looseObject({
  member_id: z.string(),
  leader_id: z.string().nullable(),
  raft_term: z.number(),
  raft_index: z.number(),
  raft_applied_index: z.number(),
  db_size_bytes: z.number().nullable(),
  learner: z.boolean(),
  errors: z.array(z.string()),
});
export const TalosEtcdAlarms = z.looseObject({
  alarms: z.array(z.looseObject({ member_id: z.string(), alarm: z.string() })),
});
export const TalosSnapshot = z.looseObject({ path: z.string(), bytes: z.number(), sha256: z.string() });
export const TalosReceipt = z.looseObject({
  attempt_id: z.string(),
  state: z.enum(['absent', 'running', 'exited', 'lost']),
  started_at: z.string().nullable(),
  exited_at: z.string().nullable(),
  exit_code: z.number().nullable(),
  stderr_tail: z.string(),
  stdout_tail: z.string().optional().describe('what talosctl told of its progress'),
});
export const TalosContexts = z.looseObject({
  current: z.string().nullable(),
  contexts: z.array(z.looseObject({ name: z.string(), endpoints: z.array(z.string()), nodes: z.array(z.string()) })),
  client: z.string().nullable().describe("talosctl's own version"),
});
export const TalosForfeit = z.looseObject({ node: z.string(), detail: z.string() });

/** Failure classes of research on real talosctl output; a failed call is `isError` with {error_class, message} as JSON text. */
export const TalosErrorClass = z.enum([
  'unreachable',
  'timeout',
  'tls',
  'authorization',
  'wrong_endpoint',
  'client_config',
  'talosctl_missing',
  'invalid_argument',
  'precondition',
  'busy',
  'quorum_lost',
  'not_found',
  'unsupported',
  'image',
  'version',
  'unintelligible',
  'failed',
]);
export type TalosErrorClass = z.infer<typeof TalosErrorClass>;

/** Tool name -> input and result. */
export const talosTools = {
  talos_contexts: { input: z.strictObject({}), output: TalosContexts },
  talos_version: { input: TalosTarget, output: TalosVersion },
  talos_machine: { input: TalosMachineInput, output: TalosMachine },
  talos_members: { input: TalosTarget, output: TalosMembers },
  talos_services: { input: TalosTarget, output: TalosServices },
  talos_logs: { input: TalosLogsInput, output: TalosLogs },
  talos_etcd_members: { input: TalosTarget, output: TalosEtcdMembers },
  talos_etcd_status: { input: TalosTarget, output: TalosEtcdStatus },
  talos_etcd_alarms: { input: TalosTarget, output: TalosEtcdAlarms },
  talos_etcd_snapshot: { input: TalosSnapshotInput, output: TalosSnapshot },
  talos_etcd_forfeit_leadership: { input: TalosTarget, output: TalosForfeit },
  talos_install: { input: TalosInstallInput, output: TalosDispatch },
  talos_reboot: { input: TalosRebootInput, output: TalosDispatch },
  talos_attempt: { input: TalosAttemptInput, output: TalosReceipt },
  ...talosReadTools,
  ...talosActionTools,
} as const;
export type TalosToolName = keyof typeof talosTools;
