import { DivisionError } from '../errors.ts';
import { Authorization } from '../model/authorization.ts';
import type { ClusterConfig } from '../model/config.ts';
import type { EffectKind } from '../model/effect.ts';

/** Neither a look-alike nor an heir answers for itself: `permits` is the class' own, and it asks for the #private brand. */
function permits(authorization: unknown, effect: EffectKind, cluster: string): boolean {
  if (!(authorization instanceof Authorization) || Object.hasOwn(authorization, 'permits')) return false;
  if (Object.getPrototypeOf(authorization) !== Authorization.prototype) return false;
  try {
    return authorization.permits(effect, cluster);
  } catch {
    return false;
  }
}

/** Refuses an effect on a cluster that is not in mode operate, or without the right to it (SAFETY 2). [AUTHORITY_REFUSED] */
export function assertMay(config: ClusterConfig, authorization: unknown, effect: EffectKind): void {
  if (config.mode !== 'operate') {
    throw new DivisionError(
      'AUTHORITY_REFUSED',
      `cluster ${config.name} is in mode ${config.mode}: ${effect} is not done there`,
      `set "mode: operate" for cluster ${config.name} in division.yaml`,
    );
  }
  if (!permits(authorization, effect, config.name)) {
    throw new DivisionError(
      'AUTHORITY_REFUSED',
      `no authorization for ${effect} on cluster ${config.name}`,
      'plan the change and have the plan approved; the effect is then authorized by that plan',
    );
  }
}
