import { look, tellIssues } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 191 to 199: nodes are watched; what is done to one is asked for by itself (ledger R111). */
export const nodeManagement: Playbook = {
  name: 'node_management',
  title: 'Node management',
  purpose:
    'Watches the nodes: use, maintenance, need for more, health, versions; names the procedure for each finding.',
  source: 'seed 191',
  cadence: 'daily',
  action: 'node.cordon',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'look',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('node_usage', {
          title: 'Monitor node resource usage',
          source: 'seed 195',
          by: 'kubernetes',
          capability: 'usage.read',
          minutes: 0.2,
          tokens: 20,
        }),
        look('maintenance', {
          title: 'Cordon/drain nodes for maintenance',
          source: 'seed 196',
          by: 'kubernetes',
          capability: 'node.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('node_needs', {
          title: 'Add nodes for scaling',
          source: 'seed 197',
          by: 'kubernetes',
          capability: 'cluster.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('unhealthy_nodes', {
          title: 'Remove unhealthy nodes',
          source: 'seed 198',
          by: 'kubernetes',
          capability: 'node.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('node_versions', {
          title: 'Upgrade node versions',
          source: 'seed 199',
          by: 'talos',
          capability: 'machine.read',
          minutes: 0.3,
          tokens: 20,
        }),
      ],
    },
    {
      mode: 'steps',
      name: 'tell',
      over: 'division',
      order: 'one_after_the_other',
      steps: [tellIssues('Report what needs somebody', 'seed 193')],
    },
  ],
};
