import { mayDecide, nameOfLevel, planAuthority } from '../decisions/authority.ts';
import { DivisionError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import { Role } from '../model/principal.ts';

/**
 * Resolving a doubt is deciding what may be sent next: it takes the authority of the effect itself (SAFETY 3c). Asked by the front end,
 * and by the executor again. [AUTHORITY_REFUSED]
 */
export function assertMayResolve(plan: Plan, principal: string): void {
  const { level } = planAuthority(plan);
  const role = Role.safeParse(principal);
  if (plan.simulated || (role.success && mayDecide(role.data, level))) return;
  throw new DivisionError(
    'AUTHORITY_REFUSED',
    `resolving a doubt of this operation is for ${nameOfLevel(level)}; this connection is ${principal}`,
    `let ${nameOfLevel(level)} resolve it (GM_PRINCIPAL=${level})`,
  );
}
