import type { Playbook, PlaybookStep } from './playbook.ts';
import { awaitHealthStep, cordonStep, drainStep, holdLeaseStep, reportStep } from './shared-steps.ts';

/** Steps that take a node out of its cluster for good; node_failure has them too. */
export const removalSteps: readonly PlaybookStep[] = [
  {
    id: 'leave_etcd',
    title: 'Leave etcd (control plane)',
    source: 'ledger R115',
    action: { does: 'leave_etcd' },
    by: 'talos',
    capability: 'etcd.leave',
    gate: 'another member lists it no more; quorum is kept (ledger R300)',
    minutes: 1,
    tokens: 60,
  },
  {
    id: 'reset',
    title: 'Wipe the machine',
    source: 'ledger R115',
    action: { does: 'reset_machine' },
    by: 'talos',
    capability: 'os.reset',
    gate: 'it is in maintenance, or off',
    minutes: 5,
    tokens: 60,
  },
  {
    id: 'delete',
    title: 'Remove node',
    source: 'seed 198',
    action: { does: 'delete_node' },
    by: 'kubernetes',
    capability: 'node.delete',
    gate: 'Kubernetes shows it no more',
    minutes: 1,
    tokens: 40,
  },
];

/** Seed 198 (remove unhealthy nodes) with what keeps etcd whole (ledger R115). */
export const removeNode: Playbook = {
  name: 'remove_node',
  title: 'Remove a node',
  purpose: 'Takes one node out of its cluster for good: drained, out of etcd, wiped, removed; never below quorum.',
  source: 'seed 198',
  cadence: 'as_needed',
  action: 'node.remove',
  clusters: 'one_after_the_other',
  phases: [
    { mode: 'steps', name: 'gate', over: 'clusters', order: 'one_after_the_other', steps: [holdLeaseStep] },
    {
      mode: 'steps',
      name: 'removal',
      over: 'node',
      order: 'one_after_the_other',
      steps: [cordonStep, drainStep, ...removalSteps],
    },
    {
      mode: 'steps',
      name: 'verify',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [awaitHealthStep('verify', 'Verify cluster health', 'seed 431')],
    },
    { mode: 'steps', name: 'report', over: 'division', order: 'one_after_the_other', steps: [reportStep] },
  ],
};
