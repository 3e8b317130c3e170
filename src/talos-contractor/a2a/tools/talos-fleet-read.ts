import type { Tool, ToolCall } from '../../../mcp/define-tool.ts';
import { defineTool } from '../../../mcp/define-tool.ts';
import type { fleetReads } from '../../../model/talos-fleet.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import type { TalosContext } from '../../context.ts';
import { talosDisks } from '../../tools/talos-disks.ts';
import { talosEtcdAlarms } from '../../tools/talos-etcd-alarms.ts';
import { talosEtcdMembers } from '../../tools/talos-etcd-members.ts';
import { talosEtcdStatus } from '../../tools/talos-etcd-status.ts';
import { talosMemory } from '../../tools/talos-memory.ts';
import { talosServices } from '../../tools/talos-services.ts';
import { talosTime } from '../../tools/talos-time.ts';
import { talosVersion } from '../../tools/talos-version.ts';
import { failureOf, fanOut, silentOnes } from '../fan-out.ts';
import type { Fleet } from '../fleet.ts';
import { forEachMachine, membersOf } from '../machines.ts';

const reads: Readonly<Record<(typeof fleetReads)[number], Tool<TalosContext>>> = {
  talos_version: talosVersion,
  talos_services: talosServices,
  talos_disks: talosDisks,
  talos_time: talosTime,
  talos_memory: talosMemory,
  talos_etcd_members: talosEtcdMembers,
  talos_etcd_status: talosEtcdStatus,
  talos_etcd_alarms: talosEtcdAlarms,
};

export const talosFleetRead = defineTool<Fleet, typeof talosFleetTools.talos_fleet_read.input>({
  name: 'talos_fleet_read',
  title: 'One read on many machines',
  description:
    'Carries one read out on the machines of several clusters and returns each answer; a machine that fails hides no other.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_read,
  async run(fleet, input, call) {
    const read = reads[input.read];
    // Members of etcd are asked where etcd is.
    const role = input.read.startsWith('talos_etcd_') ? 'controlplane' : input.role;
    const fanned = await fanOut(fleet, input, call, async (cluster, { signal }) => {
      const one: ToolCall = { ...call, signal };
      const context: TalosContext = { talosctl: cluster.talosctl, receipts: undefined, running: new Set(), say() {} };
      const members = (await membersOf(cluster, { signal })).filter(member => role === 'all' || member.role === role);
      const told = await forEachMachine(
        members.slice(0, input.max_machines),
        async ({ context: name, node, endpoints }) => {
          const target = { context: name, node, endpoints };
          try {
            // Each of these reads takes a target and nothing else.
            return { node, answer: (await read.run(context, target as never, one)).structured };
          } catch (error) {
            return { node, ...failureOf(error) };
          }
        },
      );
      return {
        answers: told.flatMap(item => ('answer' in item ? [item] : [])),
        unanswered: told.flatMap(item => ('answer' in item ? [] : [item])),
        not_read: Math.max(0, members.length - input.max_machines),
      };
    });
    const counts = fanned.clusters.map(({ cluster, answers, unanswered }) => {
      const silent = unanswered.length === 0 ? '' : ` (${unanswered.length} did not answer)`;
      return `${cluster} ${answers.length}${silent}`;
    });
    return { structured: { ...fanned }, text: `${input.read}: ${counts.join(', ')}${silentOnes(fanned.failed)}` };
  },
});
