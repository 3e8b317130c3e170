import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { presentable } from '../../talosctl/errors.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdLeave = defineTool<TalosContext, typeof talosTools.talos_etcd_leave.input>({
  name: 'talos_etcd_leave',
  title: 'Leave etcd',
  description: 'Has the etcd member of one control plane node leave the cluster with its data.',
  impact: 'disrupt',
  ...talosTools.talos_etcd_leave,
  async run({ talosctl }, input, call) {
    const said = presentable(await ask(talosctl, input, machineCommands.etcdLeave(), askOptions(call)));
    const detail = said === '' ? `${input.node} left etcd` : said;
    return { structured: { node: input.node, detail }, text: detail };
  },
});
