import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readMembers } from '../../talosctl/readers/members.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosMembers = defineTool<TalosContext, typeof talosTools.talos_members.input>({
  name: 'talos_members',
  title: 'Members of the cluster',
  description:
    'Members of the cluster as the discovery of one machine knows them; removed ones may stay for half an hour.',
  impact: 'observe',
  ...talosTools.talos_members,
  async run({ talosctl }, input, call) {
    const members = readMembers(await ask(talosctl, input, commands.get('members'), askOptions(call)));
    const structured = {
      members: members.map(member => ({
        hostname: member.hostname,
        machine_type: member.machineType,
        operating_system: member.operatingSystem,
        addresses: member.addresses,
      })),
    };
    return { structured, text: `${members.length} members: ${members.map(member => member.hostname).join(', ')}` };
  },
});
