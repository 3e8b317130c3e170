import type { Handoff } from '../../model/handoff.ts';
import { at } from '../manifest/json.ts';

/** A request that is not answered after so long is taken for forgotten, and made again. */
const FORGOTTEN_MS = 60 * 86_400_000;

export interface MachinesAsked {
  machines: number;
  handoffIds: string[];
}

/** Machines for a cluster that Infrastructure was asked for and has not answered about: what is on its way is not asked for again. */
export function machinesAsked(outgoing: readonly Handoff[], cluster: string, wallMs: number): MachinesAsked {
  const open = outgoing.filter(
    ({ state, reading, clock }) =>
      (state === 'open' || state === 'waiting' || state === 'accepted') &&
      reading.type === 'resource_request' &&
      at(reading.context, 'cluster') === cluster &&
      wallMs - Date.parse(clock.started_at) < FORGOTTEN_MS,
  );
  const counts = open.map(({ reading }) => at(reading.context, 'specifications', 'count'));
  return {
    machines: counts.reduce<number>((sum, count) => sum + (typeof count === 'number' && count > 0 ? count : 0), 0),
    handoffIds: open.map(({ id }) => id),
  };
}
