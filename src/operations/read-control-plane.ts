/** The control plane without Kubernetes: each machine at a configured endpoint, its etcd, and each API server by itself. */
import { endpointsFor } from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import {
  type EtcdViewFacts,
  type MachineFacts,
  type ServerFacts,
  unknownEtcdView,
  unknownMachine,
} from '../model/facts.ts';
import type { ClusterPorts, TalosTarget } from '../ports.ts';

export interface PlaneMachine {
  /** How it was reached, or would be. */
  target: TalosTarget;
  facts: MachineFacts;
  etcd: EtcdViewFacts;
}

export interface ControlPlaneLook {
  planes: PlaneMachine[];
  machines: MachineFacts[];
  etcd: EtcdViewFacts[];
  servers: ServerFacts[];
}

/** By the configured endpoints: a control plane that is down tells no nodes. What does not answer says why in its facts. [CANCELLED] */
export async function readControlPlane(ports: ClusterPorts, signal: AbortSignal): Promise<ControlPlaneLook> {
  const [planes, servers] = await Promise.all([
    Promise.all(ports.config.talos.endpoints.map(address => readPlane(ports, address, signal))),
    ports.kubernetes.servers(signal),
  ]);
  return { planes, machines: planes.map(({ facts }) => facts), etcd: planes.map(({ etcd }) => etcd), servers };
}

/** Through the others (SAFETY 1); by itself when none of them forwards, as it is then the only one there is. [CANCELLED] */
export async function readPlane(ports: ClusterPorts, address: string, signal: AbortSignal): Promise<PlaneMachine> {
  const through: TalosTarget = { address, endpoints: endpointsFor(address, ports.config.talos.endpoints) };
  const direct: TalosTarget = { address, endpoints: [address] };
  const others = await machineAt(ports, through, signal);
  const alone = typeof others === 'string' ? await machineAt(ports, direct, signal) : others;
  const target = typeof others === 'string' && typeof alone !== 'string' ? direct : through;
  if (typeof alone === 'string') {
    return { target, facts: unknownMachine(address, alone), etcd: unknownEtcdView(address, alone) };
  }
  const view = await ports.talos.etcd(target, signal).catch(reasonOrThrow);
  return { target, facts: alone, etcd: typeof view === 'string' ? unknownEtcdView(address, view) : view };
}

const machineAt = ({ talos }: ClusterPorts, target: TalosTarget, signal: AbortSignal): Promise<MachineFacts | string> =>
  talos
    .machine(target, signal, ['version', 'system_uuid', 'boot_id', 'stage', 'nodename'])
    .then(facts => (facts.systemUuid === undefined && facts.stage === undefined ? 'it told nothing of itself' : facts))
    .catch(reasonOrThrow);

function reasonOrThrow(error: unknown): string {
  if (error instanceof DivisionError && error.code !== 'CANCELLED') return `${error.code}: ${error.message}`;
  throw error;
}
