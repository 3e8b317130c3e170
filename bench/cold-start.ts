import { end } from './executor.ts';
import { startFleet, withHome } from './fleet.ts';
import { median } from './measure.ts';
import { familyOf } from './processes.ts';
import { minimalServer, ours, peer } from './programs.ts';
import type { Row } from './result.ts';
import { type Launch, openServer } from './stdio-host.ts';

const ROUNDS = 11;
const MINIMAL = 'minimal server on our SDK, unbundled';

/** Milliseconds from spawn to the answer of tools/list; the server and all it started are gone when this returns. */
async function startOf(launch: Launch): Promise<number> {
  const start = performance.now();
  const server = await openServer(launch);
  await server.tools();
  const milliseconds = performance.now() - start;
  const family = familyOf(server.pid);
  await server.close();
  for (const pid of family) await end(pid, 'SIGKILL');
  return milliseconds;
}

/** Spawn to the answer of tools/list, all servers in turn. */
export async function coldStart(): Promise<Row[]> {
  const kubernetes = peer('mcp-server-kubernetes');
  const other = peer('kubernetes-mcp-server');
  return withHome(async home => {
    const fleet = await startFleet(home, ['--speed', '1']);
    const environment = { KUBECONFIG: fleet.connection.kubeconfig };
    const servers: Record<string, Launch> = {
      ours: { args: ours(home) },
      [MINIMAL]: { args: [minimalServer] },
      [kubernetes.label]: { args: kubernetes.args, environment },
      [other.label]: { args: other.args, environment },
    };
    const names = Object.keys(servers);
    const times: Record<string, number[]> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each round begins with another one, and every other round goes backwards: none is always started after the same other.
      const first = round % names.length;
      const turned = [...names.slice(first), ...names.slice(0, first)];
      for (const name of round % 2 === 0 ? turned : turned.reverse()) {
        times[name] = [...(times[name] ?? []), await startOf(servers[name] ?? { args: [] })];
      }
    }
    const { ours: value, ...peers } = Object.fromEntries(
      Object.entries(times).map(([name, taken]) => [name, median(taken)]),
    );
    return [
      {
        what: 'cold start to tools/list',
        unit: 'ms',
        value: value ?? Number.NaN,
        peers,
        targets: [
          { atMost: 1, of: MINIMAL },
          { atMost: 0.2, of: kubernetes.label },
        ],
        note: `median of ${ROUNDS} starts, in turn`,
      },
    ];
  });
}
