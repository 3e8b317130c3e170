import { look } from './check-step.ts';
import type { Playbook } from './playbook.ts';
import { awaitHealthStep, backupStep, holdLeaseStep, reportStep } from './shared-steps.ts';

/** Seed 230: rotate certificates as needed; ledger R134: client credentials unless an authority is asked for. */
export const rotateCertificates: Playbook = {
  name: 'rotate_certificates',
  title: 'Rotate certificates',
  purpose:
    'Renews the client credentials of a cluster, or replaces one of its authorities after a dry run and a snapshot.',
  source: 'seed 230',
  cadence: 'as_needed',
  action: 'secret.update',
  clusters: 'one_after_the_other',
  phases: [
    {
      mode: 'steps',
      name: 'rotation',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        holdLeaseStep,
        awaitHealthStep('whole', 'Verify cluster health before', 'seed 431'),
        { ...backupStep, source: 'seed 647' },
        {
          id: 'rotate',
          title: 'Rotate certificates as needed',
          source: 'seed 230',
          action: { does: 'rotate_certificates' },
          by: 'talos',
          capability: 'ca.rotate',
          gate: 'talosctl ended well, after its dry run',
          minutes: 10,
          tokens: 100,
        },
        {
          id: 'kubeconfig',
          title: 'Renew the client credentials',
          source: 'ledger R134',
          action: { does: 'fetch_kubeconfig' },
          by: 'talos',
          capability: 'kubeconfig.write',
          gate: 'a new kubeconfig is in secrets_dir, 0600',
          minutes: 1,
          tokens: 40,
        },
        awaitHealthStep('verify', 'Verify cluster health', 'seed 431'),
        look('certificates', {
          title: 'Verify certificate chain integrity',
          source: 'seed 231',
          by: 'talos',
          capability: 'certificates.read',
          minutes: 1,
          tokens: 40,
        }),
      ],
    },
    { mode: 'steps', name: 'report', over: 'division', order: 'one_after_the_other', steps: [reportStep] },
  ],
};
