import { look, tellIssues } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 201 to 213: four metrics and four thresholds. */
export const workloadMonitoring: Playbook = {
  name: 'workload_monitoring',
  title: 'Workload monitoring',
  purpose:
    'Looks at pods, their use, services and ingress, and judges the four thresholds: restarts, CPU, memory, etcd latency.',
  source: 'seed 201',
  cadence: 'daily',
  action: 'pod.schedule',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'look',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('pods', {
          title: 'Pod health and readiness',
          source: 'seed 204',
          by: 'kubernetes',
          capability: 'pod.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('container_usage', {
          title: 'Container resource usage',
          source: 'seed 205',
          by: 'kubernetes',
          capability: 'usage.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('services', {
          title: 'Service availability',
          source: 'seed 206',
          by: 'kubernetes',
          capability: 'service.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('ingress', {
          title: 'Ingress traffic patterns',
          source: 'seed 207',
          by: 'kubernetes',
          capability: 'ingress.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('restarts', {
          title: 'Pod restart rate > 5/hour: Warning',
          source: 'seed 210',
          by: 'kubernetes',
          capability: 'pod.read',
          minutes: 0.2,
          tokens: 20,
        }),
        look('node_usage', {
          title: 'Node CPU > 80% sustained, memory > 85%: Scale alert',
          source: 'seed 211, 212',
          by: 'kubernetes',
          capability: 'usage.read',
          minutes: 0.2,
          tokens: 20,
        }),
        look('etcd_latency', {
          title: 'Etcd latency > 100ms: Warning',
          source: 'seed 213',
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
      steps: [tellIssues('Raise warnings and scale alerts', 'seed 209')],
    },
  ],
};
