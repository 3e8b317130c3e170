import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { commands } from '../../talosctl/argv.ts';
import { ask } from '../../talosctl/ask.ts';
import { readEtcdAlarms } from '../../talosctl/readers/etcd-alarms.ts';
import { askOptions, type TalosContext } from '../context.ts';

export const talosEtcdAlarms = defineTool<TalosContext, typeof talosTools.talos_etcd_alarms.input>({
  name: 'talos_etcd_alarms',
  title: 'Alarms of etcd',
  description: 'Alarms of etcd as one control plane node lists them.',
  impact: 'observe',
  ...talosTools.talos_etcd_alarms,
  async run({ talosctl }, input, call) {
    const alarms = readEtcdAlarms(await ask(talosctl, input, commands.etcdAlarms(), askOptions(call)));
    const structured = { alarms: alarms.map(({ memberId, alarm }) => ({ member_id: memberId, alarm })) };
    const names = alarms.map(({ memberId, alarm }) => `${alarm} on ${memberId}`).join(', ');
    return { structured, text: `etcd alarms: ${names === '' ? 'none' : names}` };
  },
});
