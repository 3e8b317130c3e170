import type { Tool } from '../mcp/define-tool.ts';
import type { TalosContext } from './context.ts';
import { talosAttempt } from './tools/talos-attempt.ts';
import { talosContexts } from './tools/talos-contexts.ts';
import { talosEtcdAlarms } from './tools/talos-etcd-alarms.ts';
import { talosEtcdForfeitLeadership } from './tools/talos-etcd-forfeit-leadership.ts';
import { talosEtcdMembers } from './tools/talos-etcd-members.ts';
import { talosEtcdSnapshot } from './tools/talos-etcd-snapshot.ts';
import { talosEtcdStatus } from './tools/talos-etcd-status.ts';
import { talosInstall } from './tools/talos-install.ts';
import { talosLogs } from './tools/talos-logs.ts';
import { talosMachine } from './tools/talos-machine.ts';
import { talosMembers } from './tools/talos-members.ts';
import { talosReboot } from './tools/talos-reboot.ts';
import { talosServices } from './tools/talos-services.ts';
import { talosVersion } from './tools/talos-version.ts';

/** Every tool the contractor offers, by what it reaches: the talosconfig, a machine, etcd, then what changes something. */
export const tools: readonly Tool<TalosContext>[] = [
  talosContexts,
  talosVersion,
  talosMachine,
  talosMembers,
  talosServices,
  talosLogs,
  talosEtcdMembers,
  talosEtcdStatus,
  talosEtcdAlarms,
  talosEtcdSnapshot,
  talosEtcdForfeitLeadership,
  talosInstall,
  talosReboot,
  talosAttempt,
];
