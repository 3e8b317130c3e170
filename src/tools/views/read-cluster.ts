/** One look at a live cluster: Kubernetes, then each machine and each etcd member through its contractor. */
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { DivisionError } from '../../errors.ts';
import type { ClusterFacts, EtcdViewFacts, MachineFacts } from '../../model/facts.ts';
import type { ClusterPorts, FrontEnd, TalosTarget } from '../../ports.ts';

const KUBERNETES_DEADLINE_MS = 20_000;
const TALOS_DEADLINE_MS = 20_000;
const MACHINES_AT_ONCE = 8;

export interface ClusterReading {
  name: string;
  simulated: boolean;
  environment: 'staging' | 'production';
  facts: ClusterFacts | undefined;
  /** Why there are no facts. */
  problem: string | undefined;
  machines: readonly MachineFacts[];
  etcd: readonly EtcdViewFacts[];
}

async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}

/** What may be told about a failed reading; an unexpected error goes to the log, not to the caller. */
function reasonOf(front: FrontEnd, error: unknown, where: string): string {
  if (error instanceof DivisionError) return `${error.code}: ${error.message}`;
  front.log.error('health.unexpected', { where, error: error instanceof Error ? error.message : String(error) });
  return 'INTERNAL: the reading failed';
}

const unansweredMachine = (address: string, error: string): MachineFacts => ({
  address,
  nodename: undefined,
  version: undefined,
  bootId: undefined,
  systemUuid: undefined,
  stage: undefined,
  ready: undefined,
  schematic: undefined,
  extensions: undefined,
  platform: undefined,
  isSecureBoot: undefined,
  error,
});

const unansweredEtcd = (address: string, error: string): EtcdViewFacts => ({
  address,
  members: undefined,
  status: undefined,
  alarms: undefined,
  error,
});

/** Never throws for a cluster that can't be read: what is missing is undefined, with the reason. */
export async function readCluster(front: FrontEnd, ports: ClusterPorts, signal: AbortSignal): Promise<ClusterReading> {
  const { name, simulated, environment, talos } = ports.config;
  const nothing = { name, simulated, environment, facts: undefined, machines: [], etcd: [] };
  let facts: ClusterFacts;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(KUBERNETES_DEADLINE_MS)]);
    facts = await ports.kubernetes.facts(within);
  } catch (error) {
    return { ...nothing, problem: reasonOf(front, error, `kubernetes of ${name}`) };
  }
  const within = AbortSignal.any([signal, AbortSignal.timeout(TALOS_DEADLINE_MS)]);
  const targets = facts.nodes.flatMap(({ internalIp, role }) =>
    internalIp === undefined
      ? []
      : [{ role, target: { address: internalIp, endpoints: endpointsFor(internalIp, talos.endpoints) } }],
  );
  const machine = async (target: TalosTarget): Promise<MachineFacts> => {
    try {
      return await ports.talos.machine(target, within);
    } catch (error) {
      return unansweredMachine(target.address, reasonOf(front, error, `machine ${target.address}`));
    }
  };
  const etcdView = async (target: TalosTarget): Promise<EtcdViewFacts> => {
    try {
      return await ports.talos.etcd(target, within);
    } catch (error) {
      return unansweredEtcd(target.address, reasonOf(front, error, `etcd ${target.address}`));
    }
  };
  const controlPlane = targets.filter(({ role }) => role === 'control-plane');
  const [etcd, machines] = await Promise.all([
    mapLimited(controlPlane, MACHINES_AT_ONCE, ({ target }) => etcdView(target)),
    mapLimited(targets, MACHINES_AT_ONCE, ({ target }) => machine(target)),
  ]);
  return { name, simulated, environment, facts, problem: undefined, machines, etcd };
}
