import { kubectlBinaries } from '../test/simulation/kubernetes-api/kubectl-binaries.ts';
import { startFleet, withHome } from './fleet.ts';
import { ours, peer } from './programs.ts';
import type { Row } from './result.ts';
import { type Answer, answerOf, openServer, type Server } from './stdio-host.ts';
import { tokensOf } from './tokens.ts';

const PODS = 10_000;
const SIZE = ['--nodes', '100', '--pods', String(PODS), '--speed', '1'];
const LIMIT = 2000;

/** Both channels of a result: the most that a host can show its model. */
const sizeOf = ({ text, structured }: Answer): number =>
  tokensOf(text) + (Object.keys(structured).length === 0 ? 0 : tokensOf(JSON.stringify(structured)));

type Sizes = Map<string, number>;
const largest = (sizes: Sizes): [string, number] =>
  [...sizes].reduce((most, size) => (size[1] > most[1] ? size : most), ['none', 0] as [string, number]);

/** What each tool answers, with and without a plan and an operation that has begun; then every resource there is. */
async function sizesOfOurs(server: Server): Promise<{ results: Sizes; resources: Sizes }> {
  const results: Sizes = new Map();
  const asked = async (tool: string, given: Record<string, unknown> = {}): Promise<Answer> => {
    const answer = await answerOf(server, tool, given);
    results.set(`${tool} ${JSON.stringify(given)}`, sizeOf(answer));
    return answer;
  };
  await asked('cluster_health');
  const plan = await asked('rolling_upgrade', { clusters: ['fleet'], to_version: 'v1.13.9' });
  await asked('rolling_upgrade');
  // A release that no node can go to: as many reasons against it as there are nodes.
  await asked('rolling_upgrade', { clusters: ['fleet'], to_version: 'v1.16.0' });
  const planHash = plan.structured.plan_hash;
  const started = await asked('rolling_upgrade', { plan_hash: planHash });
  const operation = { operation_id: started.structured.operation_id };
  await asked('get_operation', { ...operation, wait_ms: 5000 });
  await asked('get_operation');
  await asked('control_operation');
  await asked('control_operation', { ...operation, action: 'cancel', reason: 'measured' });
  await asked('get_operation', { ...operation, wait_ms: 5000 });
  const resources: Sizes = new Map();
  const addresses = [...(await server.resources()), `gm://operations/${String(operation.operation_id)}/events`];
  for (const uri of addresses) resources.set(uri, tokensOf(await server.read(uri)));
  return { results, resources };
}

/** A cluster of 10,000 pods (mcp-server-kubernetes needs its buffer raised to list them): what a question costs at most, and what listing the pods costs elsewhere. */
export async function largestResult(): Promise<Row[]> {
  return withHome(async home => {
    const fleet = await startFleet(home, SIZE);
    const server = await openServer({ args: ours(home) });
    const { results, resources } = await sizesOfOurs(server);
    await server.close();
    const peers: Record<string, number> = {};
    const listing = async (name: Parameters<typeof peer>[0], tool: string, given: Record<string, unknown>) => {
      const { args, label } = peer(name);
      const environment = { KUBECONFIG: fleet.connection.kubeconfig, SPAWN_MAX_BUFFER: String(2 ** 30) };
      const other = await openServer({ args, environment });
      peers[`${label}, ${tool}`] = sizeOf(await answerOf(other, tool, given));
      await other.close();
    };
    if (kubectlBinaries().length > 0) {
      await listing('mcp-server-kubernetes', 'kubectl_get', { resourceType: 'pods', allNamespaces: true });
    }
    await listing('kubernetes-mcp-server', 'pods_list', {});
    const [result, tokens] = largest(results);
    const [address, whole] = largest(resources);
    const unit = 'o200k tokens';
    return [
      {
        what: 'the largest result of a tool at 10,000 pods',
        unit,
        value: tokens,
        peers,
        targets: [{ atMost: LIMIT }],
        note: `text and structuredContent together; ours is ${result.replace(/"[0-9a-f-]{16,}"/g, '"…"')}, of ${results.size} results`,
      },
      {
        what: 'the largest resource at 10,000 pods',
        unit,
        value: whole,
        note: `${address.replace(/[0-9a-f]{16,}/, '…')}: resources are whole, a line a node; no result embeds one`,
      },
    ];
  });
}
