import { escalateStep, incidentStep, reviewStep } from './emergency-steps.ts';
import type { Playbook } from './playbook.ts';
import { awaitHealthStep, reportStep, smokeStep } from './shared-steps.ts';

/** Seed 503 to 506: once etcd's quorum is proved lost, and never before; each destructive part once (SAFETY 3, contractors 5.3). */
export const recoverEtcdPlaybook: Playbook = {
  name: 'recover_etcd',
  title: 'Restore etcd from a snapshot',
  purpose:
    'Begins etcd anew from a verified snapshot after its quorum was proved lost: wiped, restored on one machine, joined by the others.',
  source: 'seed 503',
  cadence: 'emergency',
  action: 'etcd.recover',
  clusters: 'one_after_the_other',
  phases: [
    {
      mode: 'steps',
      name: 'prove',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'choose_snapshot',
          title: 'Restore etcd from backup: a verified snapshot',
          source: 'seed 503',
          action: { does: 'choose_snapshot' },
          by: 'division',
          capability: 'snapshot.verify',
          gate: 'a snapshot is whole, as its own hash proves',
          minutes: 1,
          tokens: 60,
        },
        {
          id: 'prove_quorum_lost',
          title: 'Quorum is lost: proved by two looks at every member',
          source: 'SAFETY 3',
          action: { does: 'prove_quorum_lost' },
          by: 'talos',
          capability: 'etcd.status',
          gate: 'two looks at least two minutes apart say so',
          minutes: 3,
          tokens: 100,
        },
        escalateStep('escalate'),
        {
          id: 'keep',
          title: 'Copy what is there',
          source: 'ledger R244',
          action: { does: 'keep_etcd_data' },
          by: 'talos',
          capability: 'etcd.snapshot',
          gate: 'a copy is kept, or it is said that there is none',
          minutes: 1,
          tokens: 60,
          onFailure: 'go_on',
        },
      ],
    },
    {
      mode: 'steps',
      name: 'wipe',
      over: 'control-plane-nodes',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'wipe',
          title: 'Rebuild control plane: wipe its data',
          source: 'seed 504',
          action: { does: 'wipe_etcd' },
          by: 'talos',
          capability: 'os.reset',
          gate: 'its etcd waits for data',
          minutes: 3,
          tokens: 80,
        },
      ],
    },
    {
      mode: 'steps',
      name: 'restore',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'restore',
          title: 'Restore etcd from backup',
          source: 'seed 503',
          action: { does: 'recover_etcd' },
          by: 'talos',
          capability: 'etcd.recover',
          gate: 'an API server serves from the restored etcd',
          minutes: 5,
          tokens: 150,
        },
        awaitHealthStep('rejoin', 'Rejoin: the other members and the workers', 'seed 505', 5),
        smokeStep('verify', 'Verify: validate cluster functionality', 'seed 506'),
      ],
    },
    {
      mode: 'steps',
      name: 'report',
      over: 'division',
      order: 'one_after_the_other',
      steps: [incidentStep, reviewStep, reportStep],
    },
  ],
};
