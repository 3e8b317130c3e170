import type { SimCluster } from '../cluster.ts';
import type { Machine, Sequence } from '../machine.ts';

export const SEQUENCE = 'machine';

/** An order that a machine refuses at once because it is busy. */
export const isBusy = (machine: Machine): boolean => machine.sequence !== undefined;

/** Starts a sequence; its first step comes after that much cluster time. Returns the actor. */
export function begin(
  cluster: SimCluster,
  machine: Machine,
  sequence: Omit<Sequence, 'actor_id'>,
  afterMs: number,
): string {
  const actorId = cluster.draw.uuid();
  machine.sequence = { ...sequence, actor_id: actorId };
  cluster.clock.scheduleOnce(afterMs, SEQUENCE, machine.name);
  return actorId;
}

/** Changes the sequence and lets its next step come after that much cluster time. */
export function to(cluster: SimCluster, machine: Machine, change: Partial<Sequence>, afterMs: number): void {
  if (machine.sequence !== undefined) machine.sequence = { ...machine.sequence, ...change };
  cluster.clock.scheduleOnce(afterMs, SEQUENCE, machine.name);
}

/** Tells that a phase and its tasks start. */
export function phase(cluster: SimCluster, machine: Machine, name: string, ...tasks: string[]): void {
  cluster.machineEvents.tell(machine, 'phase', `phase: ${name} action: START`);
  for (const task of tasks) cluster.machineEvents.tell(machine, 'task', `task: ${task} action: START`);
}

/** Tells why the sequence ends, and ends it. */
export function refuse(cluster: SimCluster, machine: Machine, text: string): void {
  cluster.machineEvents.tell(machine, 'error', text);
  delete machine.sequence;
}
