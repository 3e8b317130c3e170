import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { installTools } from '../../mcp/boundary.ts';
import type { Tool } from '../../mcp/define-tool.ts';
import { registryOf } from '../../mcp/listed-schema.ts';
import { explainTo } from '../explain.ts';
import { untilOver } from '../until-over.ts';
import type { Fleet } from './fleet.ts';
import { talosFleetCertificates } from './tools/talos-fleet-certificates.ts';
import { talosFleetClusters } from './tools/talos-fleet-clusters.ts';
import { talosFleetDrift } from './tools/talos-fleet-drift.ts';
import { talosFleetHealth } from './tools/talos-fleet-health.ts';
import { talosFleetInventory } from './tools/talos-fleet-inventory.ts';
import { talosFleetRead } from './tools/talos-fleet-read.ts';
import { talosFleetVersions } from './tools/talos-fleet-versions.ts';

/** Every tool over several clusters: it reads, and nothing else. */
const tools: readonly Tool<Fleet>[] = [
  talosFleetClusters,
  talosFleetInventory,
  talosFleetVersions,
  talosFleetHealth,
  talosFleetCertificates,
  talosFleetDrift,
  talosFleetRead,
];
const registry = registryOf(tools);

export interface FleetServerOptions {
  version: string;
  /** Asked with each call: a simulated division's clusters may move. Throws DivisionError when there are none to reach. */
  fleet: () => Promise<Fleet>;
}

/** Serves the contractor over several clusters on stdio until stdin ends, SIGTERM or SIGINT. Resolves to the process exit code. */
export async function serveFleetContractor({ version, fleet }: FleetServerOptions): Promise<number> {
  const say = (line: string): boolean => process.stderr.write(`containers-gm contractor talos-a2a: ${line}\n`);
  const over = untilOver();
  const serve = (): McpServer => {
    const server = new McpServer({ name: 'containers-gm-talos-a2a', title: 'Talos A2A contractor', version });
    installTools(server, registry, fleet, { explain: explainTo(say) });
    return server;
  };
  const handle = serveStdio(serve, { onerror: error => say(error.message) });
  await over.inputOrSignal;
  await handle.close();
  process.stdin.destroy();
  return 0;
}
