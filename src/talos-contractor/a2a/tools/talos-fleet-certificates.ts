import { defineTool } from '../../../mcp/define-tool.ts';
import { talosFleetTools } from '../../../model/talos-fleet.ts';
import { readCertificatesOf } from '../../../talosctl/certificates.ts';
import { fanOut, silentOnes } from '../fan-out.ts';
import type { Fleet } from '../fleet.ts';
import { forEachMachine, membersOf } from '../machines.ts';

export const talosFleetCertificates = defineTool<Fleet, typeof talosFleetTools.talos_fleet_certificates.input>({
  name: 'talos_fleet_certificates',
  title: 'Certificates of the clusters',
  description: 'When the certificates of the machines of several clusters end, the first ones first.',
  impact: 'observe',
  ...talosFleetTools.talos_fleet_certificates,
  async run(fleet, input, call) {
    const told = await fanOut(fleet, input, call, async (cluster, options) => {
      const members = (await membersOf(cluster, options)).slice(0, input.max_machines);
      const read = await forEachMachine(members, async member => {
        const { certificates, unanswered } = await readCertificatesOf(cluster.talosctl, member, options);
        return { node: member.node, certificates, unanswered };
      });
      const certificates = read
        .flatMap(({ node, certificates: all }) =>
          all.map(({ kind, name, expires_at }) => ({ node, kind, name, expires_at })),
        )
        .sort((one, other) => (one.expires_at < other.expires_at ? -1 : 1));
      const unanswered = read.flatMap(({ node, unanswered: all }) => all.map(part => ({ node, ...part })));
      return { first_expiry: certificates[0]?.expires_at ?? null, certificates, unanswered };
    });
    const first = told.clusters.map(({ cluster, first_expiry }) => `${cluster} ${first_expiry ?? 'unknown'}`);
    return { structured: { ...told }, text: `first to end: ${first.join(', ')}${silentOnes(told.failed)}` };
  },
});
