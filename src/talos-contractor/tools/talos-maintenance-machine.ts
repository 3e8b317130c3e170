import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readDisks } from '../../talosctl/readers/disks.ts';
import { readSystemUuid } from '../../talosctl/readers/system-information.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosMaintenanceMachine = defineTool<TalosContext, typeof talosTools.talos_maintenance_machine.input>({
  name: 'talos_maintenance_machine',
  title: 'A machine without a configuration',
  description:
    'UUID and disks of a machine in maintenance mode, which answers anybody; one that has a configuration does not answer.',
  impact: 'observe',
  ...talosTools.talos_maintenance_machine,
  async run({ talosctl }, input, call) {
    const connection = { ...input, insecure: true as const };
    const options = askOptions(call);
    const [system_uuid, disks] = await Promise.all([
      ask(talosctl, connection, commands.get('systeminformation'), options).then(readSystemUuid),
      ask(talosctl, connection, commands.get('disks'), options).then(readDisks),
    ]);
    return {
      structured: { node: input.node, system_uuid, disks },
      text: `${input.node} waits for a configuration: machine ${system_uuid}, ${disks.length} disks`,
    };
  },
});
