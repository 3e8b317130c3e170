import { BadRequest } from './bad-request.ts';
import { clusterNamed } from './scenario.ts';
import { makeSpare } from './world/seed/machines.ts';
import type { SavedWorld } from './world/world.ts';

const SPARES_MOST = 50;
const ROLES = { worker: 'worker', 'control-plane': 'controlplane' } as const;

/**
 * Puts machines without a configuration beside a cluster, as the Infrastructure division would provision them: {cluster, count, role}.
 * Throws BadRequest. No API server is started for one that becomes a control plane node.
 */
export function addSpareMachines(world: SavedWorld, body: Record<string, unknown>): { name: string; ip: string }[] {
  const cluster = clusterNamed(world, body.cluster);
  const { count = 1, role = 'worker' } = body;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > SPARES_MOST)
    throw new BadRequest(`"count" ${JSON.stringify(count)}`, `send a whole number from 1 to ${SPARES_MOST}`);
  if (role !== 'worker' && role !== 'control-plane')
    throw new BadRequest(`"role" ${JSON.stringify(role)}`, 'send "worker" or "control-plane"');
  return Array.from({ length: count }, () => {
    const around = { cluster: cluster.name, seed: cluster.seed, nowMs: cluster.now() };
    const machine = makeSpare([...cluster.machines.values()], ROLES[role], around);
    cluster.machines.set(machine.name, machine);
    return { name: machine.name, ip: machine.ip };
  });
}
