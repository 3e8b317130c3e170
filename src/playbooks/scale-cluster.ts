import {
  awaitMachinesStep,
  configureStep,
  joinStep,
  labelStep,
  newCapacityStep,
  requestMachinesStep,
} from './machine-steps.ts';
import type { Playbook } from './playbook.ts';
import { awaitHealthStep, holdLeaseStep, reportStep } from './shared-steps.ts';

/** Scenario 2 (seed 690 to 706): machines asked of Infrastructure, or given; configured, joined, labelled, proved. */
export const scaleCluster: Playbook = {
  name: 'scale_cluster',
  title: 'Scale a cluster (add nodes)',
  purpose:
    'Adds nodes to a cluster: asks Infrastructure for machines, waits for them, configures, joins, labels and proves each.',
  source: 'seed 690',
  cadence: 'as_needed',
  action: 'node.add',
  clusters: 'one_after_the_other',
  seedEstimate: { minutes: 45, tokens: 2_000, of: '3 workers (seed 705)' },
  phases: [
    {
      mode: 'steps',
      name: 'machines',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        requestMachinesStep('Create handoff to Infrastructure Division for VMs', 'seed 696'),
        awaitMachinesStep('one address a machine'),
        holdLeaseStep,
        awaitHealthStep('whole', 'Verify cluster health before', 'seed 431'),
      ],
    },
    {
      mode: 'steps',
      name: 'join',
      over: 'machines',
      order: 'one_after_the_other',
      steps: [configureStep, joinStep, labelStep('labels and taints are as asked for')],
    },
    {
      mode: 'steps',
      name: 'verify',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [awaitHealthStep('verify', 'Validate node health', 'seed 701', 2), newCapacityStep],
    },
    {
      mode: 'steps',
      name: 'report',
      over: 'division',
      order: 'one_after_the_other',
      steps: [{ ...reportStep, title: 'Report completion to COO', source: 'seed 703' }],
    },
  ],
};
