/** One look at a live cluster: Kubernetes, then each machine and each etcd member through its contractor. */
import PQueue from 'p-queue';
import { endpointsFor } from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import {
  type ClusterFacts,
  type EtcdViewFacts,
  type MachineFacts,
  type MachinePart,
  machineParts,
  unknownEtcdView,
  unknownMachine,
} from '../model/facts.ts';
import type { ClusterPorts } from '../ports.ts';

/** Machines asked at the same time: each is some talosctl processes. */
const CONCURRENT_MACHINES = 4;

export interface ClusterLook {
  facts: ClusterFacts | undefined;
  /** Why there are no facts. */
  unreadable: string | undefined;
  /** Machines that answered nothing at all are named, with the reason in `error`. */
  machines: readonly MachineFacts[];
  etcd: readonly EtcdViewFacts[];
}

/** Never throws for what can't be read: it is undefined or empty, with the reason. [CANCELLED] */
export async function readCluster(
  ports: ClusterPorts,
  signal: AbortSignal,
  parts: readonly MachinePart[] = machineParts,
): Promise<ClusterLook> {
  const { config, kubernetes, talos } = ports;
  const facts = await kubernetes.facts(signal).catch(reasonOrThrow);
  if (typeof facts === 'string') return { facts: undefined, unreadable: facts, machines: [], etcd: [] };
  const targets = facts.nodes.flatMap(({ internalIp: address, role }) =>
    address === undefined
      ? []
      : [{ role, target: { address, endpoints: endpointsFor(address, config.talos.endpoints) } }],
  );
  const planes = targets.filter(({ role }) => role === 'control-plane');
  const queue = new PQueue({ concurrency: CONCURRENT_MACHINES });
  const etcd = Promise.all(
    planes.map(({ target }) =>
      queue.add(async () => {
        const view = await talos.etcd(target, signal).catch(reasonOrThrow);
        return typeof view === 'string' ? unknownEtcdView(target.address, view) : view;
      }),
    ),
  );
  const machines = Promise.all(
    targets.map(({ target }) =>
      queue.add(async () => {
        const machine = await talos.machine(target, signal, parts).catch(reasonOrThrow);
        return typeof machine === 'string' ? unknownMachine(target.address, machine) : machine;
      }),
    ),
  );
  return { facts, unreadable: undefined, machines: await machines, etcd: await etcd };
}

function reasonOrThrow(error: unknown): string {
  if (error instanceof DivisionError && error.code !== 'CANCELLED') return `${error.code}: ${error.message}`;
  throw error;
}
