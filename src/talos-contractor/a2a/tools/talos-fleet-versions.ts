import { defineTool } from '../../../mcp/define-tool.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import { fanOut, silentOnes } from '../fan-out.ts';
import type { Fleet } from '../fleet.ts';
import { type FleetMachine, readMachines } from '../machines.ts';

function counted(
  machines: readonly FleetMachine[],
  read: (machine: FleetMachine) => string | null,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const machine of machines) {
    const value = read(machine) ?? 'unknown';
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

export const talosFleetVersions = defineTool<Fleet, typeof talosFleetTools.talos_fleet_versions.input>({
  name: 'talos_fleet_versions',
  title: 'Versions of the clusters',
  description: 'How many machines of each cluster run which version of Talos and of the kubelet.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_versions,
  async run(fleet, input, call) {
    const told = await fanOut(fleet, input, call, async (cluster, options) => {
      const { machines } = await readMachines(cluster, input.max_machines, options);
      return {
        talos: counted(machines, ({ version }) => version),
        kubelet: counted(machines, ({ kubelet }) => kubelet),
      };
    });
    const versions = told.clusters.map(({ cluster, talos }) => `${cluster} ${Object.keys(talos).join(' and ')}`);
    return { structured: { ...told }, text: `Talos: ${versions.join(', ')}${silentOnes(told.failed)}` };
  },
});
