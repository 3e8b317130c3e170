import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readContainers } from '../../talosctl/readers/containers.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosContainers = defineTool<TalosContext, typeof talosTools.talos_containers.input>({
  name: 'talos_containers',
  title: 'Containers of a machine',
  description: 'Containers of one machine: those of pods, or those of Talos itself.',
  impact: 'observe',
  ...talosTools.talos_containers,
  async run({ talosctl }, input, call) {
    const command = machineCommands.containers(input.kubernetes);
    const containers = readContainers(await ask(talosctl, input, command, askOptions(call)));
    return { structured: { node: input.node, containers }, text: `${containers.length} containers on ${input.node}` };
  },
});
