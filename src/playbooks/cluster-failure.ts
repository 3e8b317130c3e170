import { coordinateStep, diagnoseStep, escalateStep, incidentStep, notifyStep, reviewStep } from './emergency-steps.ts';
import type { Playbook } from './playbook.ts';
import { awaitHealthStep, smokeStep } from './shared-steps.ts';

/** Seed 491 to 513. It destroys nothing by itself: a restore of etcd is a plan of its own, which Cortex Prime approves (ledger R243). */
export const clusterFailure: Playbook = {
  name: 'cluster_failure',
  title: 'Cluster failure',
  purpose:
    'Assesses a cluster whose control plane fails, tells whom it concerns, finds the cause, and sees it recovered.',
  source: 'seed 491',
  cadence: 'emergency',
  action: 'node.cordon',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'assess',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        {
          ...diagnoseStep('Immediate: assess cluster state via Talos contractor', 'seed 497'),
          id: 'assess',
          capability: 'etcd.status',
        },
      ],
    },
    {
      mode: 'steps',
      name: 'alarm',
      over: 'division',
      order: 'one_after_the_other',
      steps: [
        notifyStep,
        {
          id: 'activate',
          title: 'Activate: use emergency token reserve',
          source: 'seed 499',
          action: { does: 'record', record: 'emergency_reserve' },
          by: 'division',
          capability: 'record.write',
          gate: 'the reserve may be used, and the COO knows',
          minutes: 0,
          tokens: 50,
          onFailure: 'go_on',
        },
      ],
    },
    {
      mode: 'steps',
      name: 'triage',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        {
          ...diagnoseStep('Triage: identify root cause (network, hardware, config)', 'seed 500'),
          id: 'triage',
        },
        coordinateStep('seed 501'),
      ],
    },
    {
      mode: 'steps',
      name: 'escalate',
      over: 'division',
      order: 'one_after_the_other',
      steps: [escalateStep('escalate')],
    },
    {
      mode: 'steps',
      name: 'recover',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        {
          id: 'recover',
          title: 'Recover: execute recovery via Talos contractor (restore etcd, rebuild control plane, rejoin workers)',
          source: 'seed 502',
          action: { does: 'await_recovery' },
          by: 'talos',
          capability: 'etcd.status',
          gate: 'etcd serves again; a restore is a plan that Cortex Prime approves',
          minutes: 30,
          tokens: 300,
        },
        awaitHealthStep('rejoin', 'Rejoin worker nodes', 'seed 505', 5),
        smokeStep('verify', 'Verify: validate cluster functionality', 'seed 506'),
      ],
    },
    {
      mode: 'steps',
      name: 'report',
      over: 'division',
      order: 'one_after_the_other',
      steps: [incidentStep, reviewStep],
    },
  ],
};
