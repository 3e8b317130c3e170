import { setTimeout as sleep } from 'node:timers/promises';
import { executorPid } from './executor.ts';
import { startFleet, withHome } from './fleet.ts';
import { familyOf, residentMegabytes } from './processes.ts';
import { ours, peer, peerNames } from './programs.ts';
import type { Row } from './result.ts';
import { answerOf, openServer } from './stdio-host.ts';

const IDLE_MS = 5000;
const LIMITS = { frontEnd: 90, executor: 110 };

/** Resident memory of servers that listed their tools and were then left alone, and of an executor without work. */
export async function memoryAtRest(): Promise<Row[]> {
  return withHome(async home => {
    const fleet = await startFleet(home, ['--speed', '1']);
    const environment = { KUBECONFIG: fleet.connection.kubeconfig };
    const resting = await openServer({ args: ours(home) });
    await resting.tools();
    const peers = await Promise.all(
      peerNames.map(async name => {
        const { args, label } = peer(name);
        const server = await openServer({ args, environment });
        await server.tools();
        return { label, server };
      }),
    );
    const used = await openServer({ args: ours(home) });
    await answerOf(used, 'cluster_health');
    const executor = await executorPid(home);
    await sleep(IDLE_MS);
    const whole = (pid: number): number => residentMegabytes(...familyOf(pid));
    const others = Object.fromEntries(peers.map(({ label, server }) => [label, whole(server.pid)]));
    const [atRest, afterUse] = [residentMegabytes(resting.pid), residentMegabytes(used.pid)];
    const ofExecutor = executor === undefined ? Number.NaN : residentMegabytes(executor);
    for (const { server } of peers) await server.close();
    await used.close();
    await resting.close();
    const note = `resident, ${IDLE_MS / 1000} s after it was last asked`;
    return [
      {
        what: 'memory at rest, front end',
        unit: 'MB',
        value: atRest,
        peers: others,
        targets: [{ atMost: LIMITS.frontEnd }],
        note,
      },
      { what: 'memory at rest, executor', unit: 'MB', value: ofExecutor, targets: [{ atMost: LIMITS.executor }], note },
      { what: 'memory of a front end that read all clusters once', unit: 'MB', value: afterUse, note },
    ];
  });
}
