/** What a node says of itself: conditions the kubelet sets, events about it. */
import type { Condition, EventFacts, NodeSymptoms } from '../../model/symptoms.ts';
import { type CauseFound, nameShown } from './cause.ts';

const RULE = 'R256, seed line 523: a node’s own conditions and events';

const PRESSURES: Readonly<Record<string, { cause: string; what: string; remedy: string }>> = {
  MemoryPressure: {
    cause: 'memory_pressure',
    what: 'memory',
    remedy: 'find the pods that use more than they request; give them limits, or add nodes.',
  },
  DiskPressure: {
    cause: 'disk_pressure',
    what: 'disk',
    remedy: 'see what fills it: images, logs, emptyDir volumes.',
  },
  PIDPressure: { cause: 'pid_pressure', what: 'PIDs', remedy: 'find the pod that starts so many processes.' },
};

/** Reasons of node events that say more than conditions do. */
const SIGNS: Readonly<Record<string, { cause: string; weight: number; words: string }>> = {
  SystemOOM: {
    cause: 'out_of_memory',
    weight: 80,
    words: 'the kernel killed something of the node itself for its memory',
  },
  EvictionThresholdMet: { cause: 'resource_pressure', weight: 60, words: 'the kubelet began to evict pods' },
  FreeDiskSpaceFailed: { cause: 'disk_pressure', weight: 65, words: 'the kubelet can’t free disk space' },
  ImageGCFailed: { cause: 'disk_pressure', weight: 55, words: 'the kubelet can’t remove images' },
  ContainerGCFailed: { cause: 'runtime_down', weight: 60, words: 'the container runtime does not answer' },
  Rebooted: { cause: 'rebooted', weight: 45, words: 'the node rebooted' },
  KubeletSetupFailed: { cause: 'kubelet_stopped', weight: 85, words: 'the kubelet can’t set itself up' },
};

const said = ({ type, status, reason, message }: Condition): string => `${type} is ${status}: ${reason}: ${message}`;

/** Pressures, network, why it is not Ready, and what its events tell. */
export function nodeCauses(node: NodeSymptoms, events: readonly EventFacts[]): CauseFound[] {
  const subject = nameShown(node.name);
  const found = (cause: string, weight: number, message: string, evidence: string[], remedy: string): CauseFound => ({
    cause,
    weight,
    subject,
    message,
    evidence,
    rule: RULE,
    remedy,
    affected: 1,
  });
  const conditions = node.conditions.flatMap(condition => {
    const pressure = PRESSURES[condition.type];
    if (condition.status === 'True' && pressure !== undefined) {
      const { cause, what, remedy } = pressure;
      return [found(cause, 93, `node ${subject} is short of ${what}`, [said(condition)], remedy)];
    }
    if (condition.type === 'NetworkUnavailable' && condition.status === 'True') {
      const message = `node ${subject} has no network`;
      return [found('network_unavailable', 94, message, [said(condition)], 'look at the CNI’s pods there.')];
    }
    return condition.type === 'Ready' && condition.status !== 'True' ? [notReady(condition)] : [];
  });
  function notReady(condition: Condition): CauseFound {
    const { reason, message, status } = condition;
    if (status === 'Unknown' || /stopped posting node status/i.test(message)) {
      const words = `the kubelet of ${subject} stopped telling its state: kubelet, machine or network is away`;
      return found('kubelet_stopped', 88, words, [said(condition)], 'see its machine and service below.');
    }
    if (/network plugin|cni/i.test(message)) {
      const words = `node ${subject} is not Ready: its CNI is not there`;
      return found('network_unavailable', 95, words, [said(condition)], 'look at the CNI’s pods there.');
    }
    if (/container runtime|PLEG/i.test(message)) {
      const words = `node ${subject} is not Ready: its container runtime does not answer`;
      return found('runtime_down', 95, words, [said(condition)], 'see service cri and the kernel’s log.');
    }
    const why = /^[A-Za-z]{1,60}$/.test(reason) ? ` (${reason})` : '';
    return found('not_ready', 50, `node ${subject} says it is not Ready${why}`, [said(condition)], 'see its events.');
  }
  const told = events.flatMap(({ reason, count, message }) => {
    const sign = Object.hasOwn(SIGNS, reason) ? SIGNS[reason] : undefined;
    if (sign === undefined) return [];
    return [
      found(sign.cause, sign.weight, `${sign.words} (${reason})`, [`${reason} ×${count}: ${message}`], 'see its log.'),
    ];
  });
  return [...conditions, ...told];
}
