import { defineTool } from '../../../mcp/define-tool.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import { fanOut, silentOnes } from '../fan-out.ts';
import type { Fleet } from '../fleet.ts';
import { readHealth } from '../health.ts';

export const talosFleetHealth = defineTool<Fleet, typeof talosFleetTools.talos_fleet_health.input>({
  name: 'talos_fleet_health',
  title: 'Health of the clusters',
  description:
    'Health of several clusters by their machines, control plane services and etcd. null is not health: something did not answer. Machines silent for half an hour are not listed any more: ask Kubernetes.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_health,
  async run(fleet, input, call) {
    const told = await fanOut(fleet, input, call, (cluster, options) =>
      readHealth(cluster, input.max_machines, options),
    );
    const words = told.clusters.map(({ cluster, healthy, issues }) => {
      const verdict = healthy === null ? 'not known' : healthy ? 'healthy' : `${issues.length} issues`;
      return `${cluster} ${verdict}`;
    });
    return { structured: { ...told }, text: `${words.join(', ')}${silentOnes(told.failed)}` };
  },
});
