import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endedStatuses, type OperationStatus } from '../src/model/operation.ts';
import { kubectlBinaries } from '../test/simulation/kubernetes-api/kubectl-binaries.ts';
import { processorSecondsOf } from './executor.ts';
import { type Fleet, startFleet, withHome } from './fleet.ts';
import { ours } from './programs.ts';
import type { Row } from './result.ts';
import { answerOf, openServer, type Server } from './stdio-host.ts';

const CLUSTER = 'production';
const NODE = 'production-worker-1';
/** kubectl lives in wall time, so its fleet does too. Ours asks by the cluster's clock, however fast that runs. */
const SPEED = 100;
const PEER = 'kubectl cordon, drain, uncordon';

interface Cost {
  requests: number;
  /** Seconds. */
  processor: number;
}

async function costOf(fleet: Fleet, work: () => Promise<number>): Promise<Cost> {
  const before = await fleet.requests(CLUSTER);
  const processor = await work();
  return { requests: (await fleet.requests(CLUSTER)) - before, processor };
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

/** Starts the plan and waits for its end: processor seconds of executor and contractor. */
async function upgrade(home: string, server: Server, planHash: unknown): Promise<number> {
  const before = await processorSecondsOf(home);
  const { structured } = await answerOf(server, 'rolling_upgrade', { plan_hash: planHash });
  let status = structured.status as OperationStatus;
  while (!endedStatuses.includes(status)) {
    const given = { operation_id: structured.operation_id, wait_ms: 25_000 };
    const answer = await answerOf(server, 'get_operation', given);
    status = (answer.structured.operation as { status: OperationStatus }).status;
  }
  if (status !== 'succeeded') throw new Error(`the upgrade of ${NODE} ended as ${status}`);
  return (await processorSecondsOf(home)) - before;
}

const byKubectl = (kubectl: string): Promise<Cost> =>
  withHome(async home => {
    const fleet = await startFleet(home, ['--speed', '1']);
    return costOf(fleet, () => drainWith(kubectl, fleet));
  });

const byUs = (): Promise<Cost> =>
  withHome(async home => {
    const fleet = await startFleet(home, ['--speed', String(SPEED)]);
    const server = await openServer({ args: ours(home) });
    const plan = await answerOf(server, 'rolling_upgrade', {
      clusters: [CLUSTER],
      to_version: 'v1.13.9',
      node_selector: `kubernetes.io/hostname=${NODE}`,
    });
    const cost = await costOf(fleet, () => upgrade(home, server, plan.structured.plan_hash));
    await server.close();
    return cost;
  });

/** The same node with the same pods, in two fleets of one seed: drained by kubectl in one, upgraded by us in the other. */
export async function drainRequests(): Promise<Row[]> {
  const kubectl = kubectlBinaries().at(-1);
  const [own, other] = await Promise.all([byUs(), kubectl === undefined ? undefined : byKubectl(kubectl)]);
  const row = (what: string, unit: string, figure: keyof Cost): Row => ({
    what,
    unit,
    value: own[figure],
    ...(other && { peers: { [PEER]: other[figure] }, targets: [{ atMost: 1, of: PEER }] }),
    note: 'ours is the whole upgrade of that node, alone: preflight, drain, install, reboot, proof',
  });
  return [row('API requests a node', 'requests', 'requests'), row('processor time a node', 's', 'processor')];
}
