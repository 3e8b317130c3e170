import type { ArgumentsTemplate } from '../call-arguments.ts';
import type { StatedFailure } from '../capability-map.ts';
import {
  nosmohtEtcdMembers,
  nosmohtEtcdStatus,
  nosmohtLogs,
  nosmohtReboot,
  nosmohtServices,
  nosmohtTaken,
  nosmohtUpgrade,
  nosmohtVersion,
} from '../readers/nosmoht.ts';
import type { ToolAnswer } from '../tool-answer.ts';
import { classOf } from './failure-classes.ts';
import type { ProbeAnswer, Profile } from './profile.ts';

const nodes = { nodes: { value: 'address', isList: true } } as const satisfies ArgumentsTemplate;
const logs = { ...nodes, service_name: { value: 'service' }, tail_lines: { value: 'tailLines' } } as const;

/** A failure is `isError` with Go's wrapped error as its text; what the contractor itself refuses was not sent. */
function failure({ isError, text }: ToolAnswer): StatedFailure | undefined {
  if (!isError) return undefined;
  const errorClass = /^(upgrade|reboot|reset|rollback) refused: /.test(text) ? 'precondition' : classOf(text);
  return { errorClass, message: text };
}

function judge(hasAnswered: (answer: ToolAnswer) => boolean) {
  return (answer: ToolAnswer): ProbeAnswer => {
    const stated = failure(answer);
    // An error of no known class says nothing about whether the node was asked.
    if (stated) return stated.errorClass === 'failed' || stated.errorClass === 'client_config' ? 'unclear' : 'refuses';
    return hasAnswered(answer) ? 'claims-success' : 'refuses';
  };
}

/**
 * Nosmoht/talos-mcp-server 2.5: Talos' own API, no talosctl; JSON text, real errors, its context from TALOS_CONTEXT (contractors 1.4).
 * Its upgrade is Talos' legacy call, which installs and reboots, and is answered when the machine has taken it. It keeps no receipts:
 * what became of a dispatch is told by the node alone (SAFETY 3). It has neither etcd alarms nor the machine's identity in one read. Its
 * snapshots have no hash, and its configs are sent without a look at the machine's identity and answered in no form we know: neither is
 * asked of it.
 */
export const nosmoht: Profile = {
  name: 'nosmoht',
  title: 'Nosmoht/talos-mcp-server 2.5',
  fingerprint: {
    tools: ['talos_resource_definitions', 'talos_etcd', 'talos_version', 'talos_logs'],
    argumentsOf: { talos_get: ['resource_type'], talos_logs: ['service_name', 'tail_lines'] },
    serverNames: ['talos'],
  },
  concurrentReads: 4,
  dispatchesBesideReads: true,
  contextIsFixed: true,
  contextVariable: 'TALOS_CONTEXT',
  restartsAfterDeadline: false,
  keepsReceipts: false,
  failure,
  bindings: {
    'version.read': { tool: 'talos_version', args: nodes, read: nosmohtVersion },
    'logs.read': { tool: 'talos_logs', args: logs, read: nosmohtLogs },
    'services.read': { tool: 'talos_services', args: nodes, read: nosmohtServices },
    'dmesg.read': { tool: 'talos_dmesg', args: { ...nodes, max_lines: { value: 'tailLines' } }, read: nosmohtLogs },
    'etcd.members': {
      tool: 'talos_etcd',
      args: { ...nodes, subcommand: { constant: 'members' } },
      read: nosmohtEtcdMembers,
    },
    'etcd.status': {
      tool: 'talos_etcd',
      args: { ...nodes, subcommand: { constant: 'status' } },
      read: nosmohtEtcdStatus,
    },
    'os.install': {
      tool: 'talos_upgrade',
      args: { ...nodes, image: { value: 'image' }, confirm: { constant: true }, preserve: { constant: true } },
      refuses: ({ reboots }) => (reboots ? undefined : 'its upgrade always reboots the machine'),
      read: nosmohtUpgrade,
    },
    'os.reboot': { tool: 'talos_reboot', args: { ...nodes, confirm: { constant: true } }, read: nosmohtReboot },
    'os.rollback': { tool: 'talos_rollback', args: { ...nodes, confirm: { constant: true } }, read: nosmohtTaken },
    'os.reset': {
      tool: 'talos_reset',
      args: {
        ...nodes,
        confirm: { constant: true },
        graceful: { value: 'graceful' },
        reboot: { value: 'reboots' },
        system_labels_to_wipe: { value: 'labels' },
      },
      read: nosmohtTaken,
    },
  },
  probe: {
    impossibleTarget: {
      tool: 'talos_version',
      args: nodes,
      judge: judge(answer => nosmohtVersion(answer).server !== undefined),
    },
    nonexistentService: {
      tool: 'talos_logs',
      args: logs,
      judge: judge(answer => nosmohtLogs(answer).length > 0),
    },
  },
};
