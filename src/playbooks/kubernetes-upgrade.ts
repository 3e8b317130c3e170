import type { Playbook, PlaybookStep } from './playbook.ts';
import { awaitHealthStep, backupStep, cordonStep, drainStep, holdLeaseStep, reportStep } from './shared-steps.ts';

const check = (
  subject: 'version_path' | 'removed_apis' | 'staging_record' | 'window' | 'smoke',
  title: string,
  source: string,
  gate: string,
  minutes: number,
): PlaybookStep => ({
  id: subject,
  title,
  source,
  action: { does: 'check', subject, must_hold: true },
  by: 'kubernetes',
  capability: 'facts.read',
  gate,
  minutes,
  tokens: 40,
});

/** Cordon, drain, kubelet, proof, uncordon, health: a node after the other, never all drained first (ledger R207). */
const kubeletSteps: readonly PlaybookStep[] = [
  awaitHealthStep('ready_for_next', 'No other node is down', 'SAFETY 10', 0),
  cordonStep,
  drainStep,
  {
    id: 'kubelet',
    title: 'Upgrade node',
    source: 'seed 452',
    action: { does: 'upgrade_kubelet' },
    by: 'talos',
    capability: 'config.patch',
    gate: 'kubelet at the target, the same boot, Ready, Lease fresh (SAFETY 4)',
    minutes: 3,
    tokens: 60,
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
  awaitHealthStep('healthy', 'Validate workload health after each worker', 'seed 721', 1),
];

/** Scenario 3 (seed 708 to 727): one minor at a time, staging before production, a snapshot before anything is changed. */
export const kubernetesUpgrade: Playbook = {
  name: 'kubernetes_upgrade',
  title: 'Kubernetes cluster upgrade',
  purpose:
    'Upgrades Kubernetes by one minor at most: control plane first, then every kubelet on a drained node, one at a time.',
  source: 'seed 708',
  cadence: 'as_needed',
  action: 'kubernetes.upgrade',
  clusters: 'one_after_the_other',
  seedEstimate: { minutes: 180, tokens: 4_500, of: '12 nodes (seed 726)' },
  phases: [
    {
      mode: 'steps',
      name: 'review',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        check(
          'version_path',
          'Review upgrade notes: one minor at a time, Talos supports it',
          'seed 714',
          'the path is allowed',
          1,
        ),
        check(
          'removed_apis',
          'Review breaking changes: nothing in use is removed',
          'seed 714',
          'no removed API is in use',
          1,
        ),
        check(
          'staging_record',
          'Test upgrade in staging cluster first',
          'seed 715',
          'a staging cluster runs the target already',
          0,
        ),
        check('window', 'Schedule maintenance window', 'seed 716', 'a window is open, or none is configured', 0),
      ],
    },
    {
      mode: 'steps',
      name: 'backup',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [holdLeaseStep, awaitHealthStep('whole', 'Verify cluster health before', 'seed 431', 1), backupStep],
    },
    {
      mode: 'steps',
      name: 'control plane',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'upgrade_control_plane',
          title: 'Upgrade control plane nodes sequentially via Talos contractor',
          source: 'seed 718',
          action: { does: 'upgrade_control_plane' },
          by: 'talos',
          capability: 'kubernetes.upgrade',
          gate: 'each static pod and each API server shows the target (SAFETY 4)',
          minutes: 20,
          tokens: 100,
        },
        awaitHealthStep('control_plane_healthy', 'Verify control plane health', 'seed 719', 2),
      ],
    },
    {
      mode: 'steps',
      name: 'control plane kubelets',
      over: 'control-plane-nodes',
      order: 'one_after_the_other',
      steps: kubeletSteps,
    },
    { mode: 'steps', name: 'workers', over: 'workers', order: 'one_after_the_other', steps: kubeletSteps },
    {
      mode: 'steps',
      name: 'verify',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [check('smoke', 'Run cluster validation tests', 'seed 722', 'API, DNS and workloads serve', 3)],
    },
    {
      mode: 'steps',
      name: 'report',
      over: 'division',
      order: 'one_after_the_other',
      steps: [{ ...reportStep, title: 'Report completion and lessons learned', source: 'seed 724' }],
    },
  ],
};
