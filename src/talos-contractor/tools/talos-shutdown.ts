import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

export const talosShutdown = defineTool<TalosContext, typeof talosTools.talos_shutdown.input>({
  name: 'talos_shutdown',
  title: 'Turn a machine off',
  description: 'Turns one machine off and answers at once; ask talos_attempt what became of it.',
  impact: 'disrupt',
  ...talosTools.talos_shutdown,
  async run(context, input, call) {
    return await dispatchOrder(context, 'shutdown', input, { command: machineCommands.shutdown(input.force) }, call);
  },
});
