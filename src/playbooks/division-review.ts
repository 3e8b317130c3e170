import { look, tell, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 244 to 252: the month in figures, out of the division's own records. */
export const divisionReview: Playbook = {
  name: 'division_review',
  title: 'Division review',
  purpose:
    'Sums up a month: uptime, node availability, pod success, deployments, budget; writes the report and tells the COO.',
  source: 'seed 244',
  cadence: 'monthly',
  dueEveryHours: 30 * 24,
  action: 'pod.schedule',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'review',
      over: 'division',
      order: 'one_after_the_other',
      steps: [
        look('uptime', {
          title: 'Cluster uptime (target: 99.9%), node availability, pod success rate',
          source: 'seed 248, 249, 250',
          by: 'division',
          capability: 'record.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('deployments', {
          title: 'Deployment frequency',
          source: 'seed 251',
          by: 'division',
          capability: 'record.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('budget_efficiency', {
          title: 'Budget efficiency',
          source: 'seed 252',
          by: 'division',
          capability: 'record.read',
          minutes: 0.1,
          tokens: 20,
        }),
        write('monthly_review', { id: 'report', title: 'Division performance report', source: 'seed 246' }),
        tell('report_to_coo', { id: 'tell', title: 'Division performance report to the COO', source: 'seed 246' }),
      ],
    },
  ],
};
