import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import { budgetView } from '../views/budget-view.ts';

const budget: ResourceFamily<FrontEnd> = {
  name: 'division_budget',
  title: 'Token budget of the division',
  description:
    'Today’s tokens by category: allotted, estimated, reported, reserved, left; alerts and when the day turns.',
  uri: 'gm://division/budget',
  // A subscriber that reads at each change would change it by reading.
  isUncounted: true,
  keepMs: 0,
  read: async front => budgetView(front, await front.budget.today()),
};

export const budgetResources: readonly ResourceFamily<FrontEnd>[] = [budget];
