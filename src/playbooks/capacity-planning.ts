import { look, tell, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 263 to 270. */
export const capacityPlanning: Playbook = {
  name: 'capacity_planning',
  title: 'Capacity planning',
  purpose:
    'Tells what is used, how it grows and how many nodes that needs; asks Infrastructure for those that are missing.',
  source: 'seed 263',
  cadence: 'monthly',
  dueEveryHours: 30 * 24,
  action: 'pod.schedule',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'look',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('resources', {
          title: 'Current resource utilization',
          source: 'seed 267',
          by: 'kubernetes',
          capability: 'usage.read',
          minutes: 0.1,
          tokens: 20,
        }),
        write('capacity_sample', { id: 'sample', title: 'Keep a sample', source: 'seed 611' }),
        look('growth', {
          title: 'Growth trends',
          source: 'seed 268',
          by: 'division',
          capability: 'record.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('node_needs', {
          title: 'Node scaling requirements',
          source: 'seed 269',
          by: 'kubernetes',
          capability: 'cluster.read',
          minutes: 0.1,
          tokens: 20,
        }),
      ],
    },
    {
      mode: 'steps',
      name: 'tell',
      over: 'division',
      order: 'one_after_the_other',
      steps: [
        tell('machines_from_infrastructure', {
          id: 'infrastructure',
          title: 'Infrastructure requests (to Infrastructure Division)',
          source: 'seed 270',
        }),
        write('capacity_report', { id: 'forecast', title: 'Capacity forecast', source: 'seed 265' }),
        tell('report_to_coo', { id: 'tell', title: 'Capacity forecast to COO', source: 'seed 265' }),
      ],
    },
  ],
};
