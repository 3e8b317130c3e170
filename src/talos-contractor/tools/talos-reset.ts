import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

export const talosReset = defineTool<TalosContext, typeof talosTools.talos_reset.input>({
  name: 'talos_reset',
  title: 'Reset a machine',
  description:
    'Wipes named system partitions of one machine, which then reboots or turns itself off; the installed Talos stays. Answers at once; ask talos_attempt what became of it.',
  impact: 'disrupt',
  ...talosTools.talos_reset,
  async run(context, input, call) {
    const command = machineCommands.reset(input.graceful, input.reboots, input.labels);
    return await dispatchOrder(context, 'reset', input, { command }, call);
  },
});
