import type { StatedFailure } from '../capability-map.ts';
import { disksJson } from '../readers/talosctl-machines.ts';
import {
  configInfo,
  etcdMembersTable,
  logLines,
  membersTable,
  servicesTable,
  versionText,
} from '../readers/talosctl-text.ts';
import type { ToolAnswer } from '../tool-answer.ts';
import { classOf } from './failure-classes.ts';
import type { Profile } from './profile.ts';

const nodes = { nodes: { value: 'address' } } as const;
const logs = { ...nodes, service: { value: 'service' }, tail: { value: 'tailLines' } } as const;

/** Error text comes as an ordinary result; an empty one says nothing, not even that talosctl exists (contractors 0.5, 1.1). */
function failure(answer: ToolAnswer): StatedFailure | undefined {
  if (answer.text.trim() === '') {
    return { errorClass: 'unintelligible', message: 'an empty answer; is talosctl installed beside the contractor?' };
  }
  const looksLikeError =
    answer.isError ||
    // At the start of a line only: a node's own log lines start with its address and may say anything after it.
    /^\s*([Ee]rror[: ]|(?:"[^"]*": )?rpc error:|Usage:|WARNING:|Input validation error|Unknown tool|failed to |\{\s*"error":)/m.test(
      answer.text,
    );
  if (!looksLikeError) return undefined;
  return { errorClass: classOf(answer.text), message: answer.text };
}

/** ry-ops/talos-mcp-server 0.1.0: twelve tools over talosctl, raw text, no errors, its context fixed at its start. */
export const ryOps: Profile = {
  name: 'ry-ops',
  title: 'ry-ops/talos-mcp-server 0.1.0',
  fingerprint: {
    tools: ['talos_get_version', 'talos_get_resources', 'talos_config_info'],
    argumentsOf: { talos_get_version: ['nodes'] },
    toolCount: 12,
    serverNames: ['talos-mcp-server'],
  },
  concurrentReads: 1,
  dispatchesBesideReads: false,
  contextIsFixed: true,
  restartsAfterDeadline: true,
  keepsReceipts: false,
  failure,
  bindings: {
    'contexts.read': { tool: 'talos_config_info', args: {}, read: configInfo },
    'version.read': { tool: 'talos_get_version', args: nodes, read: versionText },
    'members.read': {
      tool: 'talos_get_resources',
      args: { ...nodes, resource: { constant: 'members' }, output: { constant: 'table' } },
      read: membersTable,
    },
    'services.read': { tool: 'talos_get_services', args: nodes, read: servicesTable },
    'logs.read': { tool: 'talos_logs', args: logs, read: logLines },
    'etcd.members': { tool: 'talos_etcd_members', args: nodes, read: etcdMembersTable },
    'disks.read': {
      tool: 'talos_get_resources',
      args: { ...nodes, resource: { constant: 'disks' }, output: { constant: 'json' } },
      read: disksJson,
    },
  },
  probe: {
    impossibleTarget: {
      tool: 'talos_get_version',
      args: nodes,
      judge: answer => {
        if (/^Server:\s*$/m.test(answer.text)) return 'claims-success';
        const stated = failure(answer);
        return stated && stated.errorClass !== 'unintelligible' ? 'refuses' : 'unclear';
      },
    },
    nonexistentService: {
      tool: 'talos_logs',
      args: logs,
      judge: answer => {
        const stated = failure(answer);
        if (!stated) return 'claims-success';
        return stated.errorClass === 'unintelligible' ? 'unclear' : 'refuses';
      },
    },
  },
};
