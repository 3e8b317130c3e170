import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { presentable } from '../../talosctl/errors.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { askOptions, type TalosContext } from '../context.ts';

/** A database of the largest size etcd advises (8 GB) on a slow disk. */
const DEFRAGMENT_TIMEOUT_MS = 590_000;

export const talosEtcdDefragment = defineTool<TalosContext, typeof talosTools.talos_etcd_defragment.input>({
  name: 'talos_etcd_defragment',
  title: 'Defragment etcd',
  description:
    'Gives back the space that one etcd member does not use; the member answers nobody meanwhile, so one at a time.',
  impact: 'disrupt',
  ...talosTools.talos_etcd_defragment,
  async run({ talosctl }, input, call) {
    const options = askOptions(call, DEFRAGMENT_TIMEOUT_MS);
    const said = presentable(await ask(talosctl, input, machineCommands.etcdDefragment(), options));
    const detail = said === '' ? `etcd on ${input.node} is defragmented` : said;
    return { structured: { node: input.node, detail }, text: detail };
  },
});
