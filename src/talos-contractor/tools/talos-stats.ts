import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readStats } from '../../talosctl/readers/containers.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosStats = defineTool<TalosContext, typeof talosTools.talos_stats.input>({
  name: 'talos_stats',
  title: 'Usage of containers',
  description: 'Memory and processor time of the containers of one machine: those of pods, or those of Talos itself.',
  impact: 'observe',
  ...talosTools.talos_stats,
  async run({ talosctl }, input, call) {
    const command = machineCommands.stats(input.kubernetes);
    const stats = readStats(await ask(talosctl, input, command, askOptions(call)));
    return { structured: { node: input.node, stats }, text: `usage of ${stats.length} containers on ${input.node}` };
  },
});
