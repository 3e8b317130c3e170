import { look, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 217 to 224: findings and plans; nothing is moved or deleted by it (ledger R128: dry run). */
export const clusterOptimization: Playbook = {
  name: 'cluster_optimization',
  title: 'Cluster optimization',
  purpose: 'Finds what could be better used: requests against use, uneven nodes, placement, quotas, unused objects.',
  source: 'seed 217',
  cadence: 'weekly',
  dueEveryHours: 7 * 24,
  action: 'pod.schedule',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'look',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('utilisation', {
          title: 'Analyze resource utilization',
          source: 'seed 220',
          by: 'kubernetes',
          capability: 'usage.read',
          minutes: 0.2,
          tokens: 20,
        }),
        look('rebalancing', {
          title: 'Rebalance workloads across nodes',
          source: 'seed 221',
          by: 'kubernetes',
          capability: 'cluster.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('placement', {
          title: 'Optimize pod placement',
          source: 'seed 222',
          by: 'kubernetes',
          capability: 'cluster.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('quotas', {
          title: 'Review and adjust resource quotas',
          source: 'seed 223',
          by: 'kubernetes',
          capability: 'namespace.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('unused', {
          title: 'Identify unused resources',
          source: 'seed 224',
          by: 'kubernetes',
          capability: 'object.read',
          minutes: 0.2,
          tokens: 20,
        }),
      ],
    },
    {
      mode: 'steps',
      name: 'tell',
      over: 'division',
      order: 'one_after_the_other',
      steps: [write('optimisation_report', { id: 'report', title: 'Write the findings down', source: 'seed 219' })],
    },
  ],
};
