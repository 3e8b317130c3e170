import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import type { TalosContext } from '../context.ts';
import { dispatchOrder } from '../dispatch-order.ts';

export const talosRollback = defineTool<TalosContext, typeof talosTools.talos_rollback.input>({
  name: 'talos_rollback',
  title: 'Boot the other installation',
  description:
    'Has one machine boot the Talos in its other slot, whatever that is, and answers at once; ask talos_attempt what became of it.',
  impact: 'disrupt',
  ...talosTools.talos_rollback,
  async run(context, input, call) {
    return await dispatchOrder(context, 'rollback', input, { command: machineCommands.rollback() }, call);
  },
});
