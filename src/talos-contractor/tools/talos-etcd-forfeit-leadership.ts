import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { presentable } from '../../talosctl/errors.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdForfeitLeadership = defineTool<
  TalosContext,
  typeof talosTools.talos_etcd_forfeit_leadership.input
>({
  name: 'talos_etcd_forfeit_leadership',
  title: 'Forfeit the leadership of etcd',
  description:
    'Asks the etcd member of one control plane node to give up leadership; without effect on one that is not leader.',
  impact: 'change',
  ...talosTools.talos_etcd_forfeit_leadership,
  async run({ talosctl }, input, call) {
    const said = presentable(await ask(talosctl, input, commands.etcdForfeitLeadership(), askOptions(call)));
    const detail = said === '' ? 'asked; the status of the members tells who leads now' : said;
    return { structured: { node: input.node, detail }, text: `${input.node}: ${detail}` };
  },
});
