import { defineTool } from '../../../mcp/define-tool.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import { fanOut, silentOnes } from '../fan-out.ts';
import type { Fleet } from '../fleet.ts';
import { readMachines } from '../machines.ts';

export const talosFleetInventory = defineTool<Fleet, typeof talosFleetTools.talos_fleet_inventory.input>({
  name: 'talos_fleet_inventory',
  title: 'Machines of the clusters',
  description:
    'Machines of several clusters: address, role, version, kubelet, schematic, extensions, stage, platform. What a machine does not tell is null and named.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_inventory,
  async run(fleet, input, call) {
    const told = await fanOut(fleet, input, call, (cluster, options) =>
      readMachines(cluster, input.max_machines, options),
    );
    const counts = told.clusters.map(({ cluster, machines }) => `${cluster} ${machines.length}`).join(', ');
    return { structured: { ...told }, text: `machines: ${counts}${silentOnes(told.failed)}` };
  },
});
