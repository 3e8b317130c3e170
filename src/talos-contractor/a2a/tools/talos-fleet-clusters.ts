import { defineTool } from '../../../mcp/define-tool.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import type { Fleet } from '../fleet.ts';

export const talosFleetClusters = defineTool<Fleet, typeof talosFleetTools.talos_fleet_clusters.input>({
  name: 'talos_fleet_clusters',
  title: 'Clusters and federations',
  description:
    'The clusters this contractor reaches, and the federations of the division’s configuration with their members. Reaches no node.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_clusters,
  async run({ clusters, federations }) {
    const named = Object.entries(federations).map(([name, members]) => ({ name, clusters: [...members] }));
    const structured = {
      clusters: clusters.map(({ name, context, environment, simulated, endpoints }) => ({
        name,
        context,
        environment,
        simulated,
        endpoints: [...endpoints],
        federations: named.filter(federation => federation.clusters.includes(name)).map(federation => federation.name),
      })),
      federations: named,
    };
    const names = clusters.map(({ name }) => name).join(', ');
    return { structured, text: `clusters: ${names === '' ? 'none' : names}; ${named.length} federations` };
  },
});
