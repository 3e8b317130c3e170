import * as z from 'zod';
import { TalosErrorClass } from '../../model/talos.ts';
import type { StatedFailure } from '../capability-map.ts';
import {
  ownContexts,
  ownDispatch,
  ownEtcdAlarms,
  ownEtcdMembers,
  ownEtcdStatus,
  ownForfeit,
  ownLogs,
  ownMachine,
  ownMembers,
  ownReceipt,
  ownServices,
  ownSnapshot,
  ownVersion,
} from '../readers/own.ts';
import type { ToolAnswer } from '../tool-answer.ts';
import { attempt, machineBindings, target } from './own-machines.ts';
import type { ProbeAnswer, Profile } from './profile.ts';

const logs = { ...target, service: { value: 'service' }, tail_lines: { value: 'tailLines' } } as const;

const Stated = z.object({ error_class: TalosErrorClass, message: z.string() });
/** What the boundary of the MCP server itself says before a tool runs, for arguments it does not take. */
const Refused = z.object({ code: z.literal('INPUT_INVALID'), message: z.string() });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(answer: ToolAnswer): StatedFailure | undefined {
  if (!answer.isError) return undefined;
  const value = parsed(answer.text);
  const stated = Stated.safeParse(value);
  if (stated.success) return { errorClass: stated.data.error_class, message: stated.data.message };
  const refused = Refused.safeParse(value);
  if (refused.success) return { errorClass: 'invalid_argument', message: refused.data.message };
  return { errorClass: 'failed', message: answer.text, isUnclassed: true };
}

/** Failures that say nothing about honesty: talosctl itself did not get as far as the node. */
const UNTOLD: readonly TalosErrorClass[] = ['talosctl_missing', 'client_config', 'invalid_argument', 'unintelligible'];

function judge(hasAnswered: (answer: ToolAnswer) => boolean) {
  return (answer: ToolAnswer): ProbeAnswer => {
    const stated = failure(answer);
    if (stated) return UNTOLD.includes(stated.errorClass) ? 'unclear' : 'refuses';
    return hasAnswered(answer) ? 'claims-success' : 'refuses';
  };
}

/** Our first-party contractor: `containers-gm contractor talos` (model/talos.ts is its whole agreement). */
export const own: Profile = {
  name: 'own',
  title: 'containers-gm contractor talos',
  fingerprint: {
    tools: ['talos_contexts', 'talos_version', 'talos_machine', 'talos_attempt'],
    argumentsOf: { talos_machine: ['context', 'node', 'endpoints'], talos_attempt: ['attempt_id'] },
    serverNames: ['containers-gm-talos'],
  },
  concurrentReads: 4,
  dispatchesBesideReads: true,
  contextIsFixed: false,
  restartsAfterDeadline: false,
  keepsReceipts: true,
  failure,
  bindings: {
    'contexts.read': { tool: 'talos_contexts', args: {}, read: ownContexts },
    'version.read': { tool: 'talos_version', args: target, read: ownVersion },
    'machine.read': { tool: 'talos_machine', args: { ...target, parts: { value: 'parts' } }, read: ownMachine },
    'members.read': { tool: 'talos_members', args: target, read: ownMembers },
    'services.read': { tool: 'talos_services', args: target, read: ownServices },
    'logs.read': { tool: 'talos_logs', args: logs, read: ownLogs },
    'etcd.members': { tool: 'talos_etcd_members', args: target, read: ownEtcdMembers },
    'etcd.status': { tool: 'talos_etcd_status', args: target, read: ownEtcdStatus },
    'etcd.alarms': { tool: 'talos_etcd_alarms', args: target, read: ownEtcdAlarms },
    'attempt.get': { tool: 'talos_attempt', args: { attempt_id: { value: 'attemptId' } }, read: ownReceipt },
    'etcd.snapshot': {
      tool: 'talos_etcd_snapshot',
      args: { ...target, path: { value: 'path' } },
      read: ownSnapshot,
    },
    'etcd.forfeit': { tool: 'talos_etcd_forfeit_leadership', args: target, read: ownForfeit },
    'os.install': {
      tool: 'talos_install',
      args: { ...target, ...attempt, image: { value: 'image' }, reboots: { value: 'reboots' } },
      read: ownDispatch('talos_install'),
    },
    'os.reboot': { tool: 'talos_reboot', args: { ...target, ...attempt }, read: ownDispatch('talos_reboot') },
    ...machineBindings,
  },
  probe: {
    // `server: null` is an honest "the node did not answer".
    impossibleTarget: { tool: 'talos_version', args: target, judge: judge(a => ownVersion(a).server !== undefined) },
    nonexistentService: { tool: 'talos_logs', args: logs, judge: judge(a => ownLogs(a).length > 0) },
  },
};
