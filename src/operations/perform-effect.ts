import { DivisionError, type ErrorCode } from '../errors.ts';
import { stopwatch } from '../host/stopwatch.ts';
import type { Effect } from '../model/effect.ts';
import { cordon } from './effects/cordon.ts';
import type { EffectContext, EffectOutcome, FencedContext } from './effects/effect-performer.ts';
import { evict } from './effects/evict.ts';
import { forfeit } from './effects/forfeit.ts';
import { holdLease } from './effects/hold-lease.ts';
import { install } from './effects/install.ts';
import { reboot } from './effects/reboot.ts';
import { releaseLease } from './effects/release-lease.ts';
import { snapshot } from './effects/snapshot.ts';
import { uncordon } from './effects/uncordon.ts';
import { Fence } from './fence.ts';

/**
 * Longest an effect's own call may take, wall time: a snapshot streams a database; the first dispatch also starts and probes the
 * contractor; the others answer at once.
 */
const deadlineMs = (kind: Effect['kind']): number => {
  if (kind === 'snapshot') return 660_000;
  return kind === 'install' || kind === 'reboot' ? 180_000 : 90_000;
};

function dispatch(effect: Effect, context: FencedContext): Promise<EffectOutcome> {
  switch (effect.kind) {
    case 'hold_lease':
      return holdLease(effect, context);
    case 'release_lease':
      return releaseLease(effect, context);
    case 'snapshot':
      return snapshot(effect, context);
    case 'forfeit':
      return forfeit(effect, context);
    case 'cordon':
      return cordon(effect, context);
    case 'evict':
      return evict(effect, context);
    case 'install':
      return install(effect, context);
    case 'reboot':
      return reboot(effect, context);
    case 'uncordon':
      return uncordon(effect, context);
  }
}

/** The cluster's Lease is checked before each of these (SAFETY 6). */
const DISRUPTIVE: readonly Effect['kind'][] = ['cordon', 'evict', 'forfeit', 'install', 'reboot'];

/**
 * Performs an effect whose intent is on disk, and says what was answered. The Authorization is checked here and again where the
 * writer acts. `unknown` means that it may have happened: only observation tells. `refused` may be asked again as it is: an API that
 * does not answer has refused nothing for good.
 */
export async function performEffect(effect: Effect, context: EffectContext): Promise<EffectOutcome> {
  const { authorization, writers, operationId, sinceLook = stopwatch() } = context;
  if (!authorization.permits(effect.kind, effect.cluster) || authorization.grounds.operationId !== operationId) {
    throw new DivisionError(
      'AUTHORITY_REFUSED',
      `this operation has no authority for ${effect.kind} on ${effect.cluster}`,
      'plan again',
    );
  }
  const deadline = AbortSignal.timeout(deadlineMs(effect.kind));
  const signal = AbortSignal.any([context.signal, deadline]);
  const fence = new Fence(sinceLook, () => writers.kubernetes.holdLease(authorization, operationId, signal));
  try {
    if (DISRUPTIVE.includes(effect.kind)) await fence.pass();
    return await dispatch(effect, { ...context, signal, fence: () => fence.pass() });
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    if (error.code === 'OPERATION_CONFLICT' || error.code === 'AUTHORITY_REFUSED') throw error;
    const { code, message } = error;
    return { result: resultOf(code), code, detail: `${code}: ${message}` };
  }
}

function resultOf(code: ErrorCode): EffectOutcome['result'] {
  if (code === 'OUTCOME_UNKNOWN' || code === 'TIMEOUT' || code === 'CANCELLED') return 'unknown';
  return code === 'KUBERNETES_UNAVAILABLE' ? 'refused' : 'failed';
}
