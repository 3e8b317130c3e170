import {
  awaitMachinesStep,
  configureStep,
  joinStep,
  labelStep,
  newCapacityStep,
  requestMachinesStep,
} from './machine-steps.ts';
import type { Playbook } from './playbook.ts';
import { awaitHealthStep, backupStep, holdLeaseStep, reportStep, smokeStep } from './shared-steps.ts';

/** Seed 118 and 366: a new cluster, from machines without a configuration; its etcd is begun once, ever (ledger R324, SAFETY 3). */
export const createCluster: Playbook = {
  name: 'create_cluster',
  title: 'Create a cluster',
  purpose:
    'Makes a cluster of machines without a configuration: configured, bootstrapped once, joined, proved, backed up, reported.',
  source: 'seed 118',
  cadence: 'as_needed',
  action: 'cluster.create',
  clusters: 'one_after_the_other',
  phases: [
    {
      mode: 'steps',
      name: 'machines',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        requestMachinesStep('Request VMs for new nodes', 'seed 735'),
        awaitMachinesStep('one address a machine, the control plane endpoints among them'),
      ],
    },
    {
      mode: 'steps',
      name: 'configure',
      over: 'machines',
      order: 'at_the_same_time',
      steps: [configureStep],
    },
    {
      mode: 'steps',
      name: 'bootstrap',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'bootstrap',
          title: 'Begin etcd on the first control plane machine, once',
          source: 'ledger R324',
          action: { does: 'bootstrap_cluster' },
          by: 'talos',
          capability: 'cluster.bootstrap',
          gate: 'etcd runs there, and says so itself',
          minutes: 3,
          tokens: 150,
        },
        {
          id: 'kubeconfig',
          title: 'Fetch the admin kubeconfig',
          source: 'ledger R134',
          action: { does: 'fetch_kubeconfig' },
          by: 'talos',
          capability: 'kubeconfig.write',
          gate: 'a kubeconfig is in secrets_dir, 0600',
          minutes: 1,
          tokens: 40,
        },
        awaitHealthStep('serves', 'Verify control plane health', 'seed 719', 3),
        holdLeaseStep,
      ],
    },
    {
      mode: 'steps',
      name: 'join',
      over: 'machines',
      order: 'at_the_same_time',
      steps: [joinStep, labelStep('labels are as asked for')],
    },
    {
      mode: 'steps',
      name: 'verify',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        awaitHealthStep('verify', 'Validate node health', 'seed 701', 2),
        smokeStep('smoke', 'Validate end-to-end functionality', 'seed 684'),
        { ...backupStep, minutes: 1, onFailure: 'go_on' },
        newCapacityStep,
        {
          id: 'monitoring',
          title: 'Configure Prometheus monitoring for new cluster',
          source: 'seed 366',
          action: { does: 'hand_off', handoff: 'monitoring_of_new_cluster' },
          by: 'division',
          capability: 'handoff.send',
          gate: 'the Monitoring division was asked',
          minutes: 0,
          tokens: 100,
        },
      ],
    },
    { mode: 'steps', name: 'report', over: 'division', order: 'one_after_the_other', steps: [reportStep] },
  ],
};
