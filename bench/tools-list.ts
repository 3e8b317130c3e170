import { startFleet, withHome } from './fleet.ts';
import { ours, peer, peerNames } from './programs.ts';
import type { Row } from './result.ts';
import { type Launch, openServer } from './stdio-host.ts';
import { tokensOf } from './tokens.ts';

/** CONTRACT: the tools array is at most 12,000 bytes. */
const LIMIT_BYTES = 12_000;

async function listOf(launch: Launch): Promise<{ bytes: number; tokens: number }> {
  const server = await openServer(launch);
  const text = JSON.stringify(await server.tools());
  await server.close();
  return { bytes: Buffer.byteLength(text), tokens: tokensOf(text) };
}

/** The `tools` array as JSON: what every conversation of a host begins with. */
export async function toolsList(): Promise<Row[]> {
  return withHome(async home => {
    const fleet = await startFleet(home, ['--speed', '1']);
    const own = await listOf({ args: ours(home) });
    const bytes: Record<string, number> = {};
    const tokens: Record<string, number> = {};
    for (const name of peerNames) {
      const { args, label } = peer(name);
      const list = await listOf({ args, environment: { KUBECONFIG: fleet.connection.kubeconfig } });
      [bytes[label], tokens[label]] = [list.bytes, list.tokens];
    }
    const what = 'the tools array of tools/list';
    return [
      { what, unit: 'bytes', value: own.bytes, peers: bytes, targets: [{ atMost: LIMIT_BYTES }] },
      { what, unit: 'o200k tokens', value: own.tokens, peers: tokens },
    ];
  });
}
