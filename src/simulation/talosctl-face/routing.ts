import type { SimCluster, World } from '../world/cluster.ts';
import type { Machine } from '../world/machine.ts';
import { answersTalos } from '../world/machine.ts';
import { unknownAuthority } from './access.ts';
import { dialError, rpcError, TalosctlFailure, tlsError } from './failure.ts';

interface Found {
  cluster: SimCluster;
  machine: Machine;
}

const isAddress = (text: string): boolean => /^[\d.]+$/.test(text) || text.includes(':');

function findMachine(world: World, address: string): Found | undefined {
  for (const cluster of world.clusters.values()) {
    for (const machine of cluster.machines.values()) {
      if (machine.ip === address || machine.name === address) return { cluster, machine };
    }
  }
  return undefined;
}

const whyDown = (machine: Machine): string =>
  machine.stage === 'off' ? 'connect: no route to host' : 'connect: connection refused';

/** The first endpoint that answers. Throws gRPC's error when none does. */
export function chooseEndpoint(world: World, endpoints: readonly string[]): Found {
  if (endpoints.length === 0) throw new TalosctlFailure('failed to determine endpoints');
  let failure = '';
  for (const endpoint of endpoints) {
    const found = findMachine(world, endpoint);
    if (found?.machine.stage === 'maintenance') failure = unknownAuthority().message;
    else if (found !== undefined && answersTalos(found.machine)) return found;
    else failure = unreachable(endpoint, found?.machine);
  }
  throw new TalosctlFailure(failure);
}

function unreachable(address: string, machine: Machine | undefined): string {
  if (machine !== undefined) return dialError(machine.ip, whyDown(machine));
  if (isAddress(address)) return dialError(address, 'connect: no route to host');
  return rpcError(
    'Unavailable',
    `connection error: desc = "transport: Error while dialing: dial tcp: lookup ${address} on 10.96.0.10:53: no such host"`,
  );
}

/** The machine that answers for a node, asked through an endpoint: only a control plane endpoint forwards. */
export function answeringMachine(world: World, endpoint: Found, address: string): Found {
  const { cluster } = endpoint;
  const machine = [...cluster.machines.values()].find(one => one.ip === address || one.name === address);
  if (machine?.stage === 'maintenance') throw unknownAuthority();
  if (machine === endpoint.machine) return identity(world, endpoint);
  if (endpoint.machine.role !== 'controlplane') {
    throw new TalosctlFailure(rpcError('PermissionDenied', 'no request forwarding'));
  }
  if (machine === undefined || !answersTalos(machine)) throw new TalosctlFailure(unreachable(address, machine));
  return identity(world, { cluster, machine });
}

/** With the fault armed another machine answers in this one's place. */
function identity(world: World, asked: Found): Found {
  const fault = asked.cluster.faults.take('wrong_identity', { node: asked.machine.name });
  if (fault === undefined) return asked;
  const cluster = world.clusters.get(fault.as_cluster ?? asked.cluster.name);
  const machine = cluster?.machines.get(fault.as_node ?? '');
  return cluster === undefined || machine === undefined ? asked : { cluster, machine };
}

/** The machine a call without authentication goes to: it answers only in maintenance mode. */
export function machineInMaintenance(world: World, address: string): Found {
  const found = findMachine(world, address);
  if (found === undefined || !answersTalos(found.machine)) {
    throw new TalosctlFailure(unreachable(address, found?.machine));
  }
  if (found.machine.stage === 'maintenance') return found;
  throw new TalosctlFailure(tlsError('error reading server preface: remote error: tls: certificate required'));
}
