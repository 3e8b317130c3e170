import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readEtcdMembers } from '../../talosctl/readers/etcd-members.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdMembers = defineTool<TalosContext, typeof talosTools.talos_etcd_members.input>({
  name: 'talos_etcd_members',
  title: 'Members of etcd',
  description:
    'Members of etcd as one control plane node lists them; an empty hostname is a member that has not started.',
  impact: 'observe',
  ...talosTools.talos_etcd_members,
  async run({ talosctl }, input, call) {
    const members = readEtcdMembers(await ask(talosctl, input, commands.etcdMembers(), askOptions(call)));
    const structured = {
      members: members.map(member => ({
        id: member.id,
        hostname: member.hostname,
        peer_urls: member.peerUrls,
        learner: member.isLearner,
      })),
    };
    return { structured, text: `${members.length} etcd members: ${members.map(member => member.hostname).join(', ')}` };
  },
});
