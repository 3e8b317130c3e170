import { look, tell, tellIssues, write } from './check-step.ts';
import type { Playbook } from './playbook.ts';

/** Seed 226 to 232. What has to be rotated is named; rotating is rotate_certificates, by itself. */
export const certificateManagement: Playbook = {
  name: 'certificate_management',
  title: 'Certificate management',
  purpose:
    'Looks at every certificate: what expires, what has to be rotated, whether chains hold; keeps the inventory.',
  source: 'seed 226',
  cadence: 'weekly',
  dueEveryHours: 7 * 24,
  action: 'secret.update',
  clusters: 'at_the_same_time',
  phases: [
    {
      mode: 'steps',
      name: 'look',
      over: 'clusters',
      order: 'at_the_same_time',
      steps: [
        look('certificates', {
          title: 'Check certificate expiration (alert if < 30 days)',
          source: 'seed 229',
          by: 'talos',
          capability: 'certificates.read',
          minutes: 0.5,
          tokens: 20,
        }),
        look('certificate_rotation', {
          title: 'Rotate certificates as needed',
          source: 'seed 230',
          by: 'talos',
          capability: 'certificates.read',
          minutes: 0.5,
          tokens: 20,
        }),
        look('certificate_chain', {
          title: 'Verify certificate chain integrity',
          source: 'seed 231',
          by: 'talos',
          capability: 'certificates.read',
          minutes: 0.5,
          tokens: 20,
        }),
        look('pod_security', {
          title: 'Review the Pod Security Standards of the namespaces',
          source: 'seed 27',
          by: 'kubernetes',
          capability: 'namespace.read',
          minutes: 0.5,
          tokens: 20,
        }),
        write('certificates', { id: 'inventory', title: 'Update certificate documentation', source: 'seed 232' }),
      ],
    },
    {
      mode: 'steps',
      name: 'tell',
      over: 'division',
      order: 'one_after_the_other',
      steps: [
        tell('inventory_of_certificates', { id: 'tell_inventory', title: 'Tell Inventory', source: 'seed 169, 232' }),
        tellIssues('Alert if < 30 days', 'seed 229'),
      ],
    },
  ],
};
