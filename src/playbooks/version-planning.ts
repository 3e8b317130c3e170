import { look, tell, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 254 to 261. It proposes; each upgrade is a plan of its own that the COO decides (seed 114). */
export const versionPlanning: Playbook = {
  name: 'version_planning',
  title: 'Kubernetes version planning',
  purpose:
    'Compares what runs with what is supported, proposes when each cluster goes to its next minor, and coordinates the windows.',
  source: 'seed 254',
  cadence: 'monthly',
  dueEveryHours: 30 * 24,
  action: 'pod.schedule',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'plan',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('kubernetes_releases', {
          title: 'Track upstream Kubernetes releases',
          source: 'seed 257',
          by: 'kubernetes',
          capability: 'cluster.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('upgrade_schedule', {
          title: 'Plan upgrade schedule',
          source: 'seed 258',
          by: 'division',
          capability: 'record.read',
          minutes: 0.1,
          tokens: 20,
        }),
        look('staging_record', {
          title: 'Test upgrades in non-production',
          source: 'seed 259',
          by: 'division',
          capability: 'record.read',
          minutes: 0.1,
          tokens: 20,
        }),
      ],
    },
    {
      mode: 'steps',
      name: 'compare',
      over: 'several-clusters',
      order: 'at_the_same_time',
      steps: [
        look('drift', {
          title: 'Compare the clusters with each other',
          source: 'seed 65, 76',
          by: 'talos-a2a',
          capability: 'fleet.drift',
          minutes: 0.5,
          tokens: 40,
        }),
      ],
    },
    {
      mode: 'steps',
      name: 'coordinate',
      over: 'division',
      order: 'one_after_the_other',
      steps: [
        tell('windows_to_divisions', {
          id: 'coordinate',
          title: 'Coordinate upgrade windows with divisions',
          source: 'seed 260',
        }),
        write('version_plan', { id: 'version_plan', title: 'Write the version plan', source: 'seed 258' }),
        tell('report_to_coo', {
          id: 'propose',
          title: 'Execute production upgrades: proposed to the COO, who decides each',
          source: 'seed 261, 114',
        }),
      ],
    },
  ],
};
