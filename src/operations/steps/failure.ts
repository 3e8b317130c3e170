import { DivisionError, type ErrorCode } from '../../errors.ts';
import type { StepLook } from './step.ts';

/** What does not answer now is asked again this often, for this long. */
const POLL_MS = 10_000;
const AT_MOST_MS = 30 * 60_000;
const unreachable: readonly ErrorCode[] = [
  'KUBERNETES_UNAVAILABLE',
  'CONTRACTOR_UNAVAILABLE',
  'TIMEOUT',
  'NODE_NOT_READY',
];

/**
 * What a look that threw comes to: what is out of reach may come back; what is refused does not change by being asked again.
 * [whatever is no DivisionError, and what keeps the operation from being recorded]
 */
export function lookOfFailure(error: unknown): StepLook {
  if (!(error instanceof DivisionError) || error.code === 'DIRECTORY_LOCKED' || error.code === 'INTERNAL') throw error;
  const { code, message, remedy } = error;
  if (!unreachable.includes(code)) return { kind: 'failed', code, reason: message, remedy };
  return {
    kind: 'wait',
    reason: `${code}: ${message}`,
    whatEndsIt: 'it answers again',
    pollMs: POLL_MS,
    atMostMs: AT_MOST_MS,
    remedy,
  };
}
