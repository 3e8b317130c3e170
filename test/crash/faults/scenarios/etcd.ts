/** etcd is ill: before the upgrade, with a control plane node drained, with a worker drained. */
import type { FaultKind } from '../../../../src/simulation/faults.ts';
import { repair } from '../hands.ts';
import { atWorker, type End, OTHER_PLANE, PLANE, type Scenario, untouched, upgraded, WORKER } from '../scenario.ts';

type EtcdFault = Extract<FaultKind, `etcd_${string}`>;

/** A control plane node is drained and not installed. */
const atPlane = (says: string): End => ({
  status: 'halted',
  code: 'QUORUM_AT_RISK',
  says: [says, 'etcd is not whole'],
  remedy: ['repair etcd', 'control_operation resume', `meanwhile six/${PLANE} stays cordoned`],
  states: { installing: 1, pending: 5 },
  cordoned: [PLANE],
  installs: 0,
  reboots: 0,
});

interface Illness {
  fault: EtcdFault;
  request: (node: string) => Record<string, unknown>;
  /** What names it, with that member ill. */
  says: (node: string) => string;
  /** With a worker drained when it comes. */
  late: Pick<Scenario, 'ends' | 'as'>;
  guide: Scenario['guide'];
}

const nextWorkerWaits: Illness['late'] = {
  as: 'while a worker goes: that one is completed, the next is not begun',
  ends: {
    status: 'halted',
    code: 'QUORUM_AT_RISK',
    says: ['before the next node of six', `of ${PLANE} is not ready`],
    remedy: ['cluster_health', 'control_operation resume'],
    states: { done: 4, pending: 2 },
    installs: 4,
    reboots: 4,
  },
};

/** Nothing can be written: neither the drain nor giving it up. */
const writesFail: Illness['late'] = {
  as: 'while a worker is drained: nothing can be written, so it stays cordoned, and is named',
  ends: atWorker('failed', {
    code: 'KUBERNETES_UNAVAILABLE',
    says: [`uncordon of six/${WORKER} failed 10 times`],
    remedy: ['cluster_health', 'control_operation resume', `meanwhile six/${WORKER} stays cordoned`],
    cordoned: [WORKER],
    installs: 3,
    reboots: 3,
  }),
};

const ofNode = (node: string) => ({ node });

const illnesses: readonly Illness[] = [
  {
    fault: 'etcd_member_unhealthy',
    request: ofNode,
    says: node => `etcd on ${node} is not known`,
    late: nextWorkerWaits,
    guide: {
      happens:
        'A member does not answer: no node goes down. Halted with QUORUM_AT_RISK after 15 minutes; the member is named.',
      remedy: 'Repair that member, then resume.',
    },
  },
  {
    fault: 'etcd_nospace',
    request: ofNode,
    says: node => `etcd has an alarm: ${node}: NOSPACE`,
    late: writesFail,
    guide: {
      happens:
        'etcd takes no writes: no control plane node goes down, no pod is evicted. A cordon that can’t be given back is named.',
      remedy: 'Defragment or free the database, disarm the alarm, then resume.',
    },
  },
  {
    fault: 'etcd_no_leader',
    request: () => ({}),
    says: () => 'etcdserver: no leader',
    late: writesFail,
    guide: {
      happens: 'etcd serves nothing: no node goes down, nothing is sent. A cordon that can’t be given back is named.',
      remedy: 'Make the members elect a leader (network, disks, clocks), then resume.',
    },
  },
  {
    fault: 'etcd_learner',
    request: ofNode,
    says: node => `etcd on ${node} is not known`,
    late: nextWorkerWaits,
    guide: {
      happens: 'A member does not vote: no node goes down. Halted with QUORUM_AT_RISK after 15 minutes.',
      remedy: 'Promote the learner or replace the member, then resume.',
    },
  },
];

export const etcd: readonly Scenario[] = illnesses.flatMap(({ fault, request, says, late, guide }): Scenario[] => [
  {
    fault,
    as: 'before anything was started',
    request: request(PLANE),
    ends: untouched('QUORUM_AT_RISK', { says: [says(PLANE)], remedy: ['then control_operation resume'] }),
    after: { steps: [repair], ends: upgraded },
    ...(guide && { guide }),
  },
  {
    fault,
    as: 'with another control plane node drained: it is not installed',
    request: request(OTHER_PLANE),
    when: { cordoned: PLANE },
    ends: atPlane(says(OTHER_PLANE)),
    after: { steps: [repair], ends: upgraded },
  },
  {
    fault,
    as: late.as,
    request: request(PLANE),
    when: { cordoned: WORKER },
    ends: late.ends,
    after: { steps: [repair], ends: upgraded },
  },
]);
