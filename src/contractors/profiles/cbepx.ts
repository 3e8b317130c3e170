import type { ArgumentsTemplate } from '../call-arguments.ts';
import type { Binding, StatedFailure } from '../capability-map.ts';
import {
  alarmsTable,
  containersTable,
  disksJson,
  imagesTable,
  memoryTable,
  statsTable,
  timeTable,
  versionJson,
} from '../readers/talosctl-machines.ts';
import { configInfo, etcdMembersTable, logLines, membersTable, servicesTable } from '../readers/talosctl-text.ts';
import type { ToolAnswer } from '../tool-answer.ts';
import { classOf } from './failure-classes.ts';
import type { ProbeAnswer, Profile } from './profile.ts';

const nodes = { nodes: { value: 'address' } } as const satisfies ArgumentsTemplate;
const logs = { ...nodes, service: { value: 'service' }, lines: { value: 'tailLines' } } as const;
const resource = (kind: string, output: string) =>
  ({ ...nodes, resource: { constant: kind }, output: { constant: output } }) as const;

/** What talosctl printed inside the fence: its stdout, and its warnings after an empty line. */
const FENCED = /^```\n([\s\S]*)\n```$/;
const STATED = /^(?:Error executing \S+:|Unknown tool: |Talos configuration|Error[: ])/;

/** A failure is ordinary text; a success stands in a fence, which is empty where talosctl said nothing (contractors 1.3). */
function failure({ isError, text }: ToolAnswer): StatedFailure | undefined {
  const said = FENCED.exec(text)?.[1];
  if (isError || said === undefined || STATED.test(text)) return { errorClass: classOf(text), message: text };
  // A warning of a node that did not answer; its own log lines start with its address.
  if (/^(?:WARNING: \d+ error|\s*\* \S+: rpc error:|rpc error:)/m.test(said))
    return { errorClass: classOf(said), message: said };
  return undefined;
}

/** A reader of talosctl's text, given what stands in the fence without the warnings at its end. */
function fenced<Reading>(read: (answer: ToolAnswer) => Reading): (answer: ToolAnswer) => Reading {
  return answer => {
    const said = FENCED.exec(answer.text)?.[1] ?? '';
    return read({ ...answer, text: `${said.split(/\n\n(?=WARNING:)|\n\n$/)[0] ?? ''}\n` });
  };
}

const bound = <Reading>(
  tool: string,
  args: ArgumentsTemplate,
  read: (answer: ToolAnswer) => Reading,
): Binding<Reading> => ({ tool, args, read: fenced(read) });

function judge(read: (answer: ToolAnswer) => boolean) {
  return (answer: ToolAnswer): ProbeAnswer => {
    const stated = failure(answer);
    if (stated) return stated.errorClass === 'failed' || stated.errorClass === 'client_config' ? 'unclear' : 'refuses';
    return read(answer) ? 'claims-success' : 'unclear';
  };
}

const version = fenced(versionJson);
const lines = fenced(logLines);

/**
 * CBEPX/talos-mcp-server 0.3.9: talosctl's text in a fence, its context the talosconfig's current one. Its `talos_version` is
 * remembered for five minutes, so the version is asked as a resource. What it changes is sent again after a timeout, waits for its
 * end and names no endpoint: it is given none of that.
 */
export const cbepx: Profile = {
  name: 'cbepx',
  title: 'CBEPX/talos-mcp-server 0.3.9',
  fingerprint: {
    tools: ['talos_cluster_show', 'talos_definitions', 'talos_get', 'talos_config_info'],
    argumentsOf: { talos_get: ['nodes', 'resource', 'output'], talos_logs: ['nodes', 'service', 'lines'] },
    serverNames: ['talos-mcp-server'],
  },
  concurrentReads: 2,
  dispatchesBesideReads: false,
  contextIsFixed: true,
  restartsAfterDeadline: true,
  keepsReceipts: false,
  failure: answer => (answer.tool === 'talos_config_info' ? undefined : failure(answer)),
  bindings: {
    'contexts.read': { tool: 'talos_config_info', args: {}, read: configInfo },
    'version.read': bound('talos_get', resource('version', 'json'), versionJson),
    'members.read': bound('talos_get', resource('members', 'table'), membersTable),
    'services.read': bound('talos_service', nodes, servicesTable),
    'logs.read': bound('talos_logs', logs, logLines),
    'dmesg.read': bound('talos_dmesg', nodes, logLines),
    'etcd.members': bound('talos_etcd_members', nodes, etcdMembersTable),
    'etcd.alarms': bound('talos_etcd_alarm', { ...nodes, action: { constant: 'list' } }, alarmsTable),
    'disks.read': bound('talos_get', resource('disks', 'json'), disksJson),
    'time.read': bound('talos_time', nodes, timeTable),
    'memory.read': bound('talos_memory', nodes, memoryTable),
    'images.read': {
      ...bound('talos_image', { ...nodes, cmd: { constant: 'list' } }, imagesTable),
      refuses: ({ namespace }) => (namespace === 'cri' ? undefined : 'it lists the images of pods only'),
    },
    'containers.read': {
      ...bound('talos_containers', nodes, containersTable),
      refuses: ({ kubernetes }) => (kubernetes ? 'it lists the containers of Talos itself only' : undefined),
    },
    'stats.read': {
      ...bound('talos_stats', nodes, statsTable),
      refuses: ({ kubernetes }) => (kubernetes ? 'it lists the containers of Talos itself only' : undefined),
    },
  },
  probe: {
    impossibleTarget: {
      tool: 'talos_get',
      args: resource('version', 'json'),
      judge: judge(answer => version(answer).server !== undefined),
    },
    nonexistentService: { tool: 'talos_logs', args: logs, judge: judge(answer => lines(answer).length > 0) },
  },
};
