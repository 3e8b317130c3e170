import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import { planAddress } from '../views/addresses.ts';
import { planNamed, plansNewestFirst } from '../views/plan-view.ts';
import { shortHash } from '../views/wording.ts';
import { LISTED_OF_A_FAMILY } from './listed.ts';

const plan: ResourceFamily<FrontEnd> = {
  name: 'plan',
  title: 'Plan',
  description: 'One plan as a whole: nodes with installers and version paths, phases, tasks, findings, estimate.',
  uri: 'gm://plans/{plan_hash}',
  keepMs: 60_000,
  read: (front, { plan_hash: planHash = '' }) => planNamed(front, planHash),
  list: async front =>
    (await plansNewestFirst(front)).slice(0, LISTED_OF_A_FAMILY).map(({ plan_hash: planHash }) => ({
      uri: planAddress(planHash),
      name: `Plan ${shortHash(planHash)}`,
    })),
  complete: { plan_hash: async front => (await plansNewestFirst(front)).map(saved => shortHash(saved.plan_hash)) },
};

export const planResources: readonly ResourceFamily<FrontEnd>[] = [plan];
