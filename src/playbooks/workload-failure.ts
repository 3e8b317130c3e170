import { diagnoseStep, notifyStep } from './emergency-steps.ts';
import type { Playbook } from './playbook.ts';
import { holdLeaseStep, reportStep } from './shared-steps.ts';

/** Seed 529 to 540. */
export const workloadFailure: Playbook = {
  name: 'workload_failure',
  title: 'Workload failure',
  purpose:
    'Finds out why a workload fails, tells its owner, rolls back, restarts or scales it, and watches that it holds.',
  source: 'seed 529',
  cadence: 'emergency',
  action: 'workload.deploy',
  clusters: 'one_after_the_other',
  phases: [
    {
      mode: 'steps',
      name: 'investigate',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        {
          ...diagnoseStep('Identify: which workload and namespace', 'seed 534'),
          id: 'identify',
          by: 'kubernetes',
          capability: 'symptoms.read',
          onFailure: 'halt',
        },
        {
          ...notifyStep,
          title: 'Notify: alert workload owner (division)',
          source: 'seed 535',
          action: { does: 'hand_off', handoff: 'owner_of_workload' },
          gate: 'its owner was told',
        },
        {
          ...diagnoseStep('Investigate: check pod logs, events, resource constraints', 'seed 536'),
          id: 'investigate',
          by: 'kubernetes',
          capability: 'symptoms.read',
        },
      ],
    },
    {
      mode: 'steps',
      name: 'mitigate',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        holdLeaseStep,
        {
          id: 'mitigate',
          title: 'Mitigate: scale, restart, or rollback as appropriate',
          source: 'seed 537',
          action: { does: 'mitigate' },
          by: 'kubernetes',
          capability: 'workload.change',
          gate: 'one of them is done, or handed back with its reason',
          minutes: 2,
          tokens: 200,
        },
        {
          id: 'coordinate',
          title: 'Coordinate: work with Development Master if code issue',
          source: 'seed 538',
          action: { does: 'hand_off', handoff: 'development_of_code_fault' },
          by: 'division',
          capability: 'handoff.send',
          gate: 'Development was told, where it is theirs',
          minutes: 0,
          tokens: 100,
          onFailure: 'go_on',
        },
      ],
    },
    {
      mode: 'steps',
      name: 'resolve',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'monitor',
          title: 'Resolve and monitor: verify stability',
          source: 'seed 539',
          action: { does: 'watch_stability' },
          by: 'kubernetes',
          capability: 'symptoms.read',
          gate: 'every pod works and none restarts in 10 minutes',
          minutes: 12,
          tokens: 100,
        },
      ],
    },
    { mode: 'steps', name: 'report', over: 'division', order: 'one_after_the_other', steps: [reportStep] },
  ],
};
