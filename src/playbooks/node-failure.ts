import { coordinateStep, diagnoseStep } from './emergency-steps.ts';
import type { Playbook } from './playbook.ts';
import { awaitHealthStep, cordonStep, drainStep, holdLeaseStep, reportStep } from './shared-steps.ts';

/** Seed 515 to 527. A node whose kubelet is dead is cordoned and drained as far as that goes; whoever mends machines is told what is wrong. */
export const nodeFailure: Playbook = {
  name: 'node_failure',
  title: 'Node failure',
  purpose: 'Takes the load off a node that fails, finds the cause, has it mended or replaced, and proves the capacity.',
  source: 'seed 515',
  cadence: 'emergency',
  action: 'node.drain',
  clusters: 'one_after_the_other',
  phases: [
    {
      mode: 'steps',
      name: 'detect',
      over: 'node',
      order: 'one_after_the_other',
      steps: [
        {
          id: 'detect',
          title: 'Detect: Talos contractor identifies unhealthy node',
          source: 'seed 520',
          action: { does: 'check', subject: 'node_unhealthy', must_hold: true },
          by: 'talos',
          capability: 'machine.read',
          gate: 'the node is unhealthy: nothing healthy is drained by this',
          minutes: 1,
          tokens: 60,
        },
      ],
    },
    { mode: 'steps', name: 'gate', over: 'clusters', order: 'one_after_the_other', steps: [holdLeaseStep] },
    {
      mode: 'steps',
      name: 'relieve',
      over: 'node',
      order: 'one_after_the_other',
      steps: [
        // A node that fails stays cordoned until it is well: nothing takes that back but its return.
        { ...withoutUndo(cordonStep), title: 'Cordon: prevent new pod scheduling', source: 'seed 521' },
        {
          ...drainStep,
          title: 'Drain: evict pods to healthy nodes',
          source: 'seed 522',
          gate: 'nothing is left on it but what can’t end there',
          onFailure: 'go_on',
        },
        diagnoseStep('Diagnose: check node logs and metrics', 'seed 523'),
      ],
    },
    {
      mode: 'steps',
      name: 'repair',
      over: 'node',
      order: 'one_after_the_other',
      steps: [
        coordinateStep('seed 524'),
        {
          id: 'replace',
          title: 'Replace: provision new node if hardware failure',
          source: 'seed 525',
          action: { does: 'hand_off', handoff: 'machines_from_infrastructure' },
          by: 'division',
          capability: 'handoff.send',
          gate: 'a machine is asked for, where hardware failed',
          minutes: 0,
          tokens: 100,
        },
        {
          id: 'rejoin',
          title: 'Rejoin: add replacement node to cluster',
          source: 'seed 526',
          action: { does: 'await_rejoin' },
          by: 'kubernetes',
          capability: 'facts.read',
          gate: 'the node is Ready again, or replaced and out of the cluster',
          minutes: 30,
          tokens: 150,
        },
        {
          id: 'uncordon',
          title: 'Uncordon node (allow scheduling)',
          source: 'seed 453',
          action: { does: 'uncordon' },
          by: 'kubernetes',
          capability: 'node.uncordon',
          gate: 'its prior state is given back, where it is still there',
          minutes: 0,
          tokens: 40,
        },
      ],
    },
    {
      mode: 'steps',
      name: 'validate',
      over: 'clusters',
      order: 'one_after_the_other',
      steps: [
        awaitHealthStep('verify', 'Verify cluster health', 'seed 431'),
        {
          id: 'capacity',
          title: 'Validate: verify cluster capacity restored',
          source: 'seed 527',
          action: { does: 'check', subject: 'capacity_restored', must_hold: true },
          by: 'kubernetes',
          capability: 'facts.read',
          gate: 'the cluster has the capacity it had',
          minutes: 1,
          tokens: 40,
        },
      ],
    },
    { mode: 'steps', name: 'report', over: 'division', order: 'one_after_the_other', steps: [reportStep] },
  ],
};

function withoutUndo({ undoneBy: _undo, ...step }: typeof cordonStep): typeof cordonStep {
  return step;
}
