import type { Cause } from '../causes.ts';

/** Who mends what: a machine and its network are Infrastructure's, a fault in the code Development's; all else is ours (seed lines 501, 524, 538). */
export type CauseOwner = 'infrastructure' | 'development' | 'containers';

/** What a container does by itself, whoever runs it. */
const OF_CODE: readonly string[] = ['crash_loop', 'exits_normally', 'out_of_memory', 'command_fails', 'probe_fails'];

/** Of the likeliest cause; undefined when nothing says what it is. */
export function ownerOfCause(cause: Pick<Cause, 'cause' | 'area'> | undefined): CauseOwner | undefined {
  if (cause === undefined || cause.area === 'unknown') return undefined;
  if (cause.area === 'network' || cause.area === 'hardware') return 'infrastructure';
  return OF_CODE.includes(cause.cause) ? 'development' : 'containers';
}
