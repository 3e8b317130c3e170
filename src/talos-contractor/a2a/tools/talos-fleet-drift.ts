import { defineTool } from '../../../mcp/define-tool.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import { driftBetween, readProfile } from '../drift.ts';
import { fanOut, silentOnes } from '../fan-out.ts';
import type { Fleet } from '../fleet.ts';

/** A model reads them; what is beyond is counted. */
const MOST_DIFFERENCES = 100;

export const talosFleetDrift = defineTool<Fleet, typeof talosFleetTools.talos_fleet_drift.input>({
  name: 'talos_fleet_drift',
  title: 'Drift between clusters',
  description:
    'What clusters do not have in common: versions, schematics, extensions, settings of the machine configs. Secrets and what is of one machine are not compared.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_drift,
  async run(fleet, input, call) {
    const { clusters, failed } = await fanOut(fleet, input, call, async (cluster, options) => ({
      profile: await readProfile(cluster, input.max_machines, options),
    }));
    const profiles = clusters.map(({ profile }) => profile);
    const differences = driftBetween(profiles);
    const structured = {
      compared: profiles.map(({ cluster }) => cluster),
      differences: differences.slice(0, MOST_DIFFERENCES),
      more_differences: Math.max(0, differences.length - MOST_DIFFERENCES),
      unknown: profiles.flatMap(({ unknown }) => unknown),
      failed,
    };
    const subjects = [...new Set(differences.map(({ subject }) => subject))].join(', ');
    const text = differences.length === 0 ? 'no differences' : `${differences.length} differences: ${subjects}`;
    const unknown = structured.unknown.length === 0 ? '' : `; ${structured.unknown.length} parts unknown`;
    return { structured, text: `${text}${unknown}${silentOnes(failed)}` };
  },
});
