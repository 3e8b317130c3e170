import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { TalosctlError } from '../../talosctl/errors.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readEtcdMembers } from '../../talosctl/readers/etcd-members.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdRemoveMember = defineTool<TalosContext, typeof talosTools.talos_etcd_remove_member.input>({
  name: 'talos_etcd_remove_member',
  title: 'Remove a member of etcd',
  description: 'Asks one etcd member to remove another, by its id; one that is not there any more is removed already.',
  impact: 'disrupt',
  ...talosTools.talos_etcd_remove_member,
  async run({ talosctl }, input, call) {
    const { node, member_id } = input;
    const command = machineCommands.etcdRemoveMember(member_id);
    const members = readEtcdMembers(await ask(talosctl, input, commands.etcdMembers(), askOptions(call)));
    const isThere = members.some(({ id }) => id === member_id);
    if (isThere && members.length < 2)
      throw new TalosctlError('precondition', `${member_id} is the only member of etcd; nothing was sent`);
    if (isThere) await ask(talosctl, input, command, askOptions(call));
    const detail = isThere ? `etcd member ${member_id} was removed` : `${member_id} is no member of etcd any more`;
    return { structured: { node, detail }, text: detail };
  },
});
