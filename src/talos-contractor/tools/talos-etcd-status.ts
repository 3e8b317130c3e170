import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readEtcdStatus } from '../../talosctl/readers/etcd-status.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdStatus = defineTool<TalosContext, typeof talosTools.talos_etcd_status.input>({
  name: 'talos_etcd_status',
  title: 'Status of an etcd member',
  description: 'Status of the etcd member on one control plane node: leader, raft position, size, errors.',
  impact: 'observe',
  ...talosTools.talos_etcd_status,
  async run({ talosctl }, input, call) {
    const status = readEtcdStatus(await ask(talosctl, input, commands.etcdStatus(), askOptions(call)));
    const structured = {
      member_id: status.memberId,
      leader_id: status.leaderId ?? null,
      raft_term: status.raftTerm,
      raft_index: status.raftIndex,
      raft_applied_index: status.raftAppliedIndex,
      db_size_bytes: status.dbSizeBytes ?? null,
      learner: status.isLearner,
      errors: status.errors,
    };
    const leader = status.leaderId === undefined ? 'no leader' : `leader ${status.leaderId}`;
    const errors = status.errors.length === 0 ? '' : `; errors: ${status.errors.join(', ')}`;
    return { structured, text: `etcd member ${status.memberId}, ${leader}, term ${status.raftTerm}${errors}` };
  },
});
