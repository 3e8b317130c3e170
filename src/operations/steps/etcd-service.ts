import { DivisionError } from '../../errors.ts';
import type { ClusterPorts, TalosTarget } from '../../ports.ts';

/** etcd has no data of its own and waits to be told, or to join (contractors 5.3). */
const WAITING_STATES: readonly string[] = ['Initialized', 'Waiting', 'Preparing'];

/** The state of a machine's etcd service; undefined while it does not tell. [CANCELLED] */
export async function etcdServiceOf(
  { talos }: ClusterPorts,
  target: TalosTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (await talos.services(target, signal)).find(({ id }) => id === 'etcd')?.state;
  } catch (error) {
    if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
    throw error;
  }
}

export const waitsForData = (state: string | undefined): boolean =>
  state !== undefined && WAITING_STATES.includes(state);
