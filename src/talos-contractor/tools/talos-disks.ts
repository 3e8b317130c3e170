import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readDisks } from '../../talosctl/readers/disks.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosDisks = defineTool<TalosContext, typeof talosTools.talos_disks.input>({
  name: 'talos_disks',
  title: 'Disks of a machine',
  description: 'Disks of one machine with size, model and serial number; loop devices and optical drives are left out.',
  impact: 'observe',
  ...talosTools.talos_disks,
  async run({ talosctl }, input, call) {
    const disks = readDisks(await ask(talosctl, input, commands.get('disks'), askOptions(call)));
    return {
      structured: { node: input.node, disks },
      text: `${disks.length} disks: ${disks.map(({ id }) => id).join(', ')}`,
    };
  },
});
