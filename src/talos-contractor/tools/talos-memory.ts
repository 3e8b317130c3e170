import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readMemory } from '../../talosctl/readers/memory.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosMemory = defineTool<TalosContext, typeof talosTools.talos_memory.input>({
  name: 'talos_memory',
  title: 'Memory of a machine',
  description: 'Memory of one machine in MB: total, used, free, available.',
  impact: 'observe',
  ...talosTools.talos_memory,
  async run({ talosctl }, input, call) {
    const memory = readMemory(await ask(talosctl, input, machineCommands.memory(), askOptions(call)));
    const text = `${input.node} has ${memory.available_mb} of ${memory.total_mb} MB available`;
    return { structured: { node: input.node, ...memory }, text };
  },
});
