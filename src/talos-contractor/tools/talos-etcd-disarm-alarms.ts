import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { ask } from '../../talosctl/ask.ts';
import { machineCommands } from '../../talosctl/machine-commands.ts';
import { readEtcdAlarms } from '../../talosctl/readers/etcd-alarms.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdDisarmAlarms = defineTool<TalosContext, typeof talosTools.talos_etcd_disarm_alarms.input>({
  name: 'talos_etcd_disarm_alarms',
  title: 'Disarm alarms of etcd',
  description: 'Disarms the alarms of etcd; one whose cause lasts is raised again.',
  impact: 'change',
  ...talosTools.talos_etcd_disarm_alarms,
  async run({ talosctl }, input, call) {
    const alarms = readEtcdAlarms(await ask(talosctl, input, machineCommands.etcdDisarm(), askOptions(call)));
    const disarmed = alarms.map(({ memberId, alarm }) => ({ member_id: memberId, alarm }));
    const names = alarms.map(({ memberId, alarm }) => `${alarm} on ${memberId}`).join(', ');
    return { structured: { node: input.node, disarmed }, text: `disarmed: ${names === '' ? 'none' : names}` };
  },
});
