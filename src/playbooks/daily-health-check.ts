import { look, tellIssues, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 176 to 189: each cluster looked at in seven steps; one that does not answer keeps none of the others (ledger R110). */
export const dailyHealthCheck: Playbook = {
  name: 'daily_health_check',
  title: 'Cluster health check',
  purpose:
    'Looks at every cluster: nodes, etcd, control plane, pods, use, certificates; tells the COO if something is wrong.',
  source: 'seed 176',
  cadence: 'daily',
  dueEveryHours: 4,
  action: 'pod.schedule',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'look',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('nodes', {
          title: 'Query Talos contractor for node status',
          source: 'seed 183',
          by: 'talos',
          capability: 'machine.read',
          minutes: 0.5,
          tokens: 20,
        }),
        look('etcd', {
          title: 'Check etcd cluster health',
          source: 'seed 184',
          by: 'talos',
          capability: 'etcd.status',
          minutes: 0.2,
          tokens: 20,
        }),
        look('control_plane', {
          title: 'Verify control plane health',
          source: 'seed 185',
          by: 'kubernetes',
          capability: 'cluster.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('pods', {
          title: 'Check pod scheduling and readiness',
          source: 'seed 186',
          by: 'kubernetes',
          capability: 'pod.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('resources', {
          title: 'Monitor resource utilization',
          source: 'seed 187',
          by: 'kubernetes',
          capability: 'usage.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('certificates', {
          title: 'Validate certificate expiration dates',
          source: 'seed 188',
          by: 'talos',
          capability: 'certificates.read',
          minutes: 0.5,
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
        tellIssues('Report to COO if issues detected', 'seed 189'),
        write('daily_status', { id: 'daily_status', title: 'Daily status', source: 'seed 561' }),
      ],
    },
  ],
};
