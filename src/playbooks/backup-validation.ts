import { look, tellIssues, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 234 to 240. Nothing is restored into a live cluster, and nothing is taken: a snapshot is an effect of its own (SAFETY 10). */
export const backupValidation: Playbook = {
  name: 'backup_validation',
  title: 'Backup and DR validation',
  purpose:
    'Proves the newest etcd snapshot of each cluster, goes through a restore on paper, and lists what a recovery would lack.',
  source: 'seed 234',
  cadence: 'weekly',
  dueEveryHours: 7 * 24,
  action: 'node.cordon',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'validate',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('backups', {
          title: 'Verify etcd backup success',
          source: 'seed 237',
          by: 'division',
          capability: 'snapshot.read',
          minutes: 0.1,
          tokens: 20,
        }),
        {
          id: 'verify_snapshot',
          title: 'Verify etcd backup success: read to its seal',
          source: 'seed 237',
          action: { does: 'verify_snapshot' },
          by: 'division',
          capability: 'snapshot.read',
          gate: 'the newest snapshot hashes to the sha256 at its end',
          minutes: 0.5,
          tokens: 20,
          onFailure: 'go_on',
        },
        {
          id: 'drill_restore',
          title: 'Test cluster restore procedures',
          source: 'seed 238',
          action: { does: 'drill_restore' },
          by: 'division',
          capability: 'snapshot.read',
          gate: 'gone through without a live cluster',
          minutes: 0.5,
          tokens: 20,
          onFailure: 'go_on',
        },
        look('recovery_plan', {
          title: 'Validate disaster recovery plan',
          source: 'seed 239',
          by: 'division',
          capability: 'snapshot.read',
          minutes: 0.1,
          tokens: 20,
        }),
        write('recovery_time', {
          id: 'recovery_time',
          title: 'Document recovery time objectives (RTO)',
          source: 'seed 240',
        }),
      ],
    },
    {
      mode: 'steps',
      name: 'tell',
      over: 'division',
      order: 'one_after_the_other',
      steps: [tellIssues('Report what a recovery would lack', 'seed 236')],
    },
  ],
};
