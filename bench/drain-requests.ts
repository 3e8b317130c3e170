import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endedStatuses, type OperationStatus } from '../src/model/operation.ts';
import { kubectlBinaries } from '../test/simulation/kubernetes-api/kubectl-binaries.ts';
import { drainCost } from './drain-cost.ts';
import { processorSecondsOf } from './executor.ts';
import { type Fleet, startFleet, withHome } from './fleet.ts';
import { ours } from './programs.ts';
import type { Row } from './result.ts';
import { answerOf, openServer, type Server } from './stdio-host.ts';

const CLUSTER = 'production';
const NODE = 'production-worker-1';
/** kubectl lives in wall time, so its fleet does too. Ours asks by the cluster's clock, however fast that runs. */
const SPEED = 100;
const NODES = 12;
const PEER = 'kubectl cordon, drain, uncordon';

interface Cost {
  requests: number;
  /** Seconds. */
  processor: number;
}

/** `0m1.23s`, as the shell's `times` says it. */
function secondsOf(shown: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(shown) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** Processor seconds of the three commands together. */
async function drainWith(kubectl: string, { connection }: Fleet): Promise<number> {
  const commands = [
    `cordon ${NODE}`,
    `drain ${NODE} --ignore-daemonsets --delete-emptydir-data`,
    `uncordon ${NODE}`,
  ].map(command => `"$0" --context "$1" ${command}`);
  const script = `{ ${commands.join(' && ')}; } >&2 && times`;
  const child = spawn('sh', ['-c', script, kubectl, connection.clusters[CLUSTER]?.context ?? ''], {
    env: { ...process.env, KUBECONFIG: connection.kubeconfig },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', chunk => {
    output += String(chunk);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  if (exitCode !== 0) throw new Error(`${kubectl} could not drain ${NODE}`);
  // The second line is what the shell's children used: user and system.
  const used = output.trimEnd().split('\n').at(-1) ?? '';
  return used.split(' ').reduce((sum, shown) => sum + secondsOf(shown), 0);
}

/** The hash of a plan. */
async function plan(server: Server, given: Record<string, unknown>): Promise<unknown> {
  const request = { clusters: [CLUSTER], to_version: 'v1.13.9', ...given };
  return (await answerOf(server, 'rolling_upgrade', request)).structured.plan_hash;
}

/** Its operation's id. */
async function start(server: Server, planHash: unknown): Promise<string> {
  return String((await answerOf(server, 'rolling_upgrade', { plan_hash: planHash })).structured.operation_id);
}

async function ended(server: Server, operationId: string): Promise<void> {
  let status: OperationStatus = 'queued';
  while (!endedStatuses.includes(status)) {
    const answer = await answerOf(server, 'get_operation', { operation_id: operationId, wait_ms: 25_000 });
    status = (answer.structured.operation as { status: OperationStatus }).status;
  }
  if (status !== 'succeeded') throw new Error(`${operationId} ended as ${status}`);
}

const byKubectl = (kubectl: string): Promise<Cost> =>
  withHome(async home => {
    const fleet = await startFleet(home, ['--speed', '1']);
    const before = await fleet.requests(CLUSTER);
    const processor = await drainWith(kubectl, fleet);
    return { requests: (await fleet.requests(CLUSTER)) - before, processor };
  });

/** Our server over a fleet of its own. */
const served = <T>(work: (server: Server, fleet: Fleet, home: string) => Promise<T>): Promise<T> =>
  withHome(async home => {
    const fleet = await startFleet(home, ['--speed', String(SPEED)]);
    const server = await openServer({ args: ours(home) });
    try {
      return await work(server, fleet, home);
    } finally {
      await server.close();
    }
  });

/** API requests of the whole upgrade of the node alone, and of the plan for it. */
const requestsAlone = (): Promise<{ planned: number; upgraded: number }> =>
  served(async (server, fleet) => {
    const before = await fleet.requests(CLUSTER);
    const planHash = await plan(server, { node_selector: `kubernetes.io/hostname=${NODE}` });
    const planned = (await fleet.requests(CLUSTER)) - before;
    await ended(server, await start(server, planHash));
    return { planned, upgraded: (await fleet.requests(CLUSTER)) - before - planned };
  });

interface OfAll {
  /** API requests a node. */
  requests: number;
  /** Processor seconds a node, without and with what kubectl does not do. */
  drained: number;
  upgraded: number;
  /** Processor seconds of an executor that came up and waits. */
  started: number;
}

/** The whole cluster in one operation: what each node costs, and its share of what is done once. */
const costOfAll = (): Promise<OfAll> =>
  served(async (server, fleet, home) => {
    await answerOf(server, 'cluster_health');
    const [started, before] = [await processorSecondsOf(home), await fleet.requests(CLUSTER)];
    const operationId = await start(server, await plan(server, {}));
    const cost = await drainCost(home, operationId, node => node.includes('worker'));
    await ended(server, operationId);
    return {
      requests: ((await fleet.requests(CLUSTER)) - before) / NODES,
      drained: cost.seconds / cost.nodes + started / NODES,
      upgraded: (await processorSecondsOf(home)) / NODES,
      started,
    };
  });

/**
 * The same node with the same pods, in fleets of one seed: drained by kubectl in one; upgraded by us in the others, alone and as one of
 * all nodes of its cluster. One after the other: what runs beside it costs a process processor time.
 */
export async function drainRequests(): Promise<Row[]> {
  const kubectl = kubectlBinaries().at(-1);
  const other = kubectl === undefined ? undefined : await byKubectl(kubectl);
  const alone = await requestsAlone();
  const ofAll = await costOfAll();
  const beside = (figure: keyof Cost): Pick<Row, 'peers' | 'targets'> =>
    other === undefined ? {} : { peers: { [PEER]: other[figure] }, targets: [{ atMost: 1, of: PEER }] };
  const share = `of ${NODES} in one operation, executor and contractor`;
  return [
    {
      what: 'API requests a node, upgraded alone',
      unit: 'requests',
      value: alone.upgraded,
      ...beside('requests'),
      note: `${NODE}; ours is its whole upgrade: preflight, drain, install, reboot, proof; its plan before took ${alone.planned} more`,
    },
    { what: `API requests a node, of ${NODES} upgraded in one operation`, unit: 'requests', value: ofAll.requests },
    {
      what: 'processor time a node, cordon, drain, uncordon',
      unit: 's',
      value: ofAll.drained,
      ...beside('processor'),
      note: `ours is the mean of the workers ${share}, with a twelfth of the ${ofAll.started.toFixed(2)} s in which the executor starts; what kubectl does not do (preflight, gates, Talos, proof) is in the next row`,
    },
    {
      what: 'processor time a node, its whole upgrade',
      unit: 's',
      value: ofAll.upgraded,
      note: `${share}, from the executor's start to the operation's end`,
    },
  ];
}
