import type { ToolAnswer } from '../tool-answer.ts';
import type { Profile } from './profile.ts';

const isError = (answer: ToolAnswer): boolean => answer.isError || answer.text.startsWith('Error executing ');

/**
 * ry-ops/talos-a2a-mcp-server 0.1.0 makes no call to Talos at all: every answer is a constant (contractors 1.2). It is
 * known so that it can be named, asked the probe's questions, and given no work.
 */
export const a2a: Profile = {
  name: 'a2a',
  title: 'ry-ops/talos-a2a-mcp-server 0.1.0',
  fingerprint: {
    tools: ['talos_system_stats', 'talos_etcd_status', 'talos_list_containers'],
    argumentsOf: { talos_system_stats: ['endpoint'], talos_etcd_status: ['endpoint'] },
    serverNames: ['talos-a2a-mcp-server'],
  },
  concurrentReads: 1,
  dispatchesBesideReads: false,
  contextIsFixed: true,
  restartsAfterDeadline: false,
  keepsReceipts: false,
  failure: answer => (isError(answer) ? { errorClass: 'failed', message: answer.text } : undefined),
  bindings: {},
  probe: {
    impossibleTarget: {
      tool: 'talos_version',
      args: { endpoint: { value: 'address', suffix: ':50000' } },
      judge: answer => (isError(answer) ? 'refuses' : 'claims-success'),
    },
    nonexistentService: {
      tool: 'talos_service_logs',
      args: { service: { value: 'service' }, endpoint: { value: 'address', suffix: ':50000' } },
      judge: answer => (isError(answer) ? 'refuses' : 'claims-success'),
    },
  },
};
