import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readTime } from '../../talosctl/readers/time.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosTime = defineTool<TalosContext, typeof talosTools.talos_time.input>({
  name: 'talos_time',
  title: 'Clock of a machine',
  description: 'The clock of one machine beside that of its time server.',
  impact: 'observe',
  ...talosTools.talos_time,
  async run({ talosctl }, input, call) {
    const { server, nodeTime, serverTime } = readTime(
      await ask(talosctl, input, machineCommands.time(), askOptions(call)),
    );
    const structured = {
      node: input.node,
      server,
      node_time: nodeTime.toISOString(),
      server_time: serverTime.toISOString(),
      offset_ms: nodeTime.getTime() - serverTime.getTime(),
    };
    return { structured, text: `${input.node} is ${structured.offset_ms} ms from ${server}` };
  },
});
