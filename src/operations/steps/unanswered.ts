import { DivisionError } from '../../errors.ts';

/** For a read whose refusal tells as much as its silence: undefined. [CANCELLED, and whatever is no DivisionError] */
export const undefinedOrThrow = (error: unknown): undefined => {
  if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
  throw error;
};
