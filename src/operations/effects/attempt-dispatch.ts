import type { AttemptDispatch } from '../../ports.ts';

/** The attempt of an effect that is dispatched once, ever (SAFETY 3), as the port takes it. */
export function attemptDispatch(effect: {
  attempt_id: string;
  system_uuid: string;
  boot_id: string;
  address: string;
  endpoints: string[];
  supersedes?: string[] | undefined;
}): AttemptDispatch {
  return {
    address: effect.address,
    endpoints: effect.endpoints,
    attemptId: effect.attempt_id,
    systemUuid: effect.system_uuid,
    bootId: effect.boot_id,
    ...(effect.supersedes !== undefined && { supersedes: effect.supersedes }),
  };
}
