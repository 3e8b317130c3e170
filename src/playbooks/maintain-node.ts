import type { Playbook } from './playbook.ts';
import { cordonStep, drainStep, holdLeaseStep } from './shared-steps.ts';

/** Seed 196: cordon and drain a node for maintenance; ledger R113: with a reason, and a reminder to give it back. */
export const maintainNode: Playbook = {
  name: 'maintain_node',
  title: 'Maintain a node',
  purpose: 'Keeps one node aside while somebody works on it: cordoned and drained within its budgets, then given back.',
  source: 'seed 196',
  cadence: 'as_needed',
  action: 'node.drain',
  clusters: 'one_after_the_other',
  phases: [
    { mode: 'steps', name: 'gate', over: 'clusters', order: 'one_after_the_other', steps: [holdLeaseStep] },
    {
      mode: 'steps',
      name: 'maintenance',
      over: 'node',
      order: 'one_after_the_other',
      steps: [
        cordonStep,
        drainStep,
        {
          id: 'hold',
          title: 'Node is in maintenance',
          source: 'ledger R113',
          action: { does: 'hold_maintenance' },
          by: 'division',
          capability: 'operation.wait',
          gate: 'somebody resumes the operation, or its minutes are over',
          minutes: 30,
          tokens: 40,
        },
        {
          id: 'prove',
          title: 'Validate node health',
          source: 'seed 454',
          action: { does: 'prove_node' },
          by: 'talos',
          capability: 'machine.read',
          gate: 'Ready, Lease fresh, the same machine runs',
          minutes: 1,
          tokens: 20,
        },
        {
          id: 'uncordon',
          title: 'Uncordon node (allow scheduling)',
          source: 'seed 453',
          action: { does: 'uncordon' },
          by: 'kubernetes',
          capability: 'node.uncordon',
          gate: 'its prior state is given back',
          minutes: 0,
          tokens: 40,
        },
      ],
    },
  ],
};
