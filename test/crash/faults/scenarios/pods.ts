/** Pods, budgets and volumes that keep a node from being drained. */
import type { FaultKind } from '../../../../src/simulation/faults.ts';
import { repair } from '../hands.ts';
import { atWorker, type End, type Scenario, untouched, upgraded, WORKER } from '../scenario.ts';

const drainFailed = (says: readonly string[]): End =>
  atWorker('failed', {
    code: 'DISRUPTION_BLOCKED',
    says,
    remedy: [`six/${WORKER} was uncordoned, nothing was installed`, 'control_operation resume'],
    installs: 3,
    reboots: 3,
  });

interface Stubborn {
  fault: Extract<FaultKind, 'evict_denied' | 'pod_stuck_terminating' | 'pod_crash_loop' | 'budget_blocked'>;
  request: Record<string, unknown>;
  as: string;
  says: readonly string[];
  guide: Scenario['guide'];
}

const stubborn: readonly Stubborn[] = [
  {
    fault: 'evict_denied',
    request: { namespace: 'web', pod: 'web-*' },
    as: 'by a webhook, for good: the pod it is about is named first',
    says: ['a pod may not be evicted: <untrusted>web/web-', 'denied the request'],
    guide: {
      happens: 'An eviction is denied for good: halted, the node uncordoned; the pod and the webhook are named.',
      remedy: 'Ask whoever owns the webhook, then resume.',
    },
  },
  {
    fault: 'pod_stuck_terminating',
    request: { namespace: 'web', node: WORKER },
    as: 'a finalizer is never stripped',
    says: ['not drained in 20 min: web/web-', 'terminating'],
    guide: {
      happens:
        'A pod does not end. Waited for 20 minutes, then halted; the node is uncordoned, no finalizer is stripped.',
      remedy: 'Find out what holds the pod (finalizer, volume, kubelet), then resume.',
    },
  },
  {
    fault: 'pod_crash_loop',
    request: { namespace: 'web', pod: 'web-*' },
    as: 'its budget protects it',
    says: ['not drained in 20 min: web/web-', 'unhealthyPodEvictionPolicy: AlwaysAllow'],
    guide: {
      happens: 'A budget over pods that are not Ready allows nothing: halted after 20 minutes, the node uncordoned.',
      remedy: 'Repair the workload, or set `unhealthyPodEvictionPolicy: AlwaysAllow` on its budget. Then resume.',
    },
  },
  {
    fault: 'budget_blocked',
    request: { namespace: 'web', budget: 'web' },
    as: 'that never allows a disruption: nothing of the node is evicted',
    says: ['a pod may not be evicted: web/web-', 'budget web/web never allows a disruption'],
    guide: {
      happens: 'A budget allows no disruption, ever: halted at once, the node uncordoned, none of its pods evicted.',
      remedy: 'Raise the replicas or `maxUnavailable`, then resume.',
    },
  },
];

export const pods: readonly Scenario[] = [
  ...stubborn.map(
    ({ says, guide, ...rest }): Scenario => ({
      ...rest,
      ends: drainFailed(says),
      after: { steps: [repair], ends: upgraded },
      ...(guide && { guide }),
    }),
  ),
  {
    fault: 'evict_webhook_500',
    as: 'twice: asked again',
    request: { count: 2 },
    ends: upgraded,
    guide: {
      happens:
        'An eviction whose webhook fails is asked again, ever later. After 20 minutes: halted, the node uncordoned, the webhook named.',
      remedy: 'Repair the webhook, then resume.',
    },
  },
  {
    fault: 'evict_webhook_500',
    as: 'for ever: the webhook is what the halt names',
    request: { count: null },
    ends: drainFailed(['not drained in 20 min: <untrusted>', 'failed calling webhook']),
    after: { steps: [repair], ends: upgraded },
  },
  {
    fault: 'volume_stuck',
    as: 'the node is empty, its volume is not detached',
    request: { node: 'six-worker-2' },
    ends: {
      status: 'halted',
      code: 'DISRUPTION_BLOCKED',
      says: ['six/six-worker-2: volumes stay attached to the empty node: csi-'],
      remedy: ['six/six-worker-2 was uncordoned', 'control_operation resume'],
      states: { done: 4, failed: 1, pending: 1 },
      installs: 4,
      reboots: 4,
    },
    after: { steps: [repair], ends: upgraded },
    guide: {
      happens:
        'A volume stays attached to the empty node for 5 minutes: halted, the node uncordoned, the volume named.',
      remedy: 'Look at its VolumeAttachment and the CSI driver, then resume.',
    },
  },
  {
    fault: 'budget_second',
    as: 'before anything was started',
    request: { namespace: 'web', budget: 'web' },
    ends: untouched('DISRUPTION_BLOCKED', {
      says: ['two budgets protect it (web/web and web/web-second)'],
      remedy: ['change the selector of one of the two budgets', 'then control_operation resume'],
    }),
    after: { steps: [repair], ends: upgraded },
    guide: {
      happens: 'Two budgets over one pod: the API server refuses every eviction of it. Halted, the node uncordoned.',
      remedy: 'Change the selector of one of the two, then resume.',
    },
  },
  {
    fault: 'budget_second',
    as: 'of a node that is cordoned',
    request: { namespace: 'web', budget: 'web' },
    when: { cordoned: WORKER },
    ends: drainFailed(['two budgets protect it']),
    after: { steps: [repair], ends: upgraded },
  },
];
