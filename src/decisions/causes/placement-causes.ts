/** What keeps a pod from being there at all, or takes it away: the scheduler, quotas and admission, volumes, networks, eviction. */
import type { EventFacts, PodSymptoms } from '../../model/symptoms.ts';
import { type CauseFound, nameShown } from './cause.ts';
import { eventsOf, isHealthyPod, type WorkloadLook } from './pods.ts';

const STUCK_MS = 10 * 60_000;

const texts = (events: readonly EventFacts[]): string[] =>
  events.slice(0, 2).map(({ reason, count, message }) => `${reason} ×${count}: ${message}`);

/** What the scheduler says is in the way, in our words (kube-scheduler's own reasons). */
const REFUSALS: readonly [RegExp, string][] = [
  [/Insufficient cpu/i, 'too little CPU is free'],
  [/Insufficient memory/i, 'too little memory is free'],
  [/Insufficient (?!cpu|memory)[\w./-]+/i, 'a resource it asks for is not free'],
  [/Too many pods/i, 'the nodes have as many pods as they may'],
  [/were unschedulable|unschedulable\b.*cordon/i, 'nodes are cordoned'],
  [/untolerated taint|had taint/i, 'it does not tolerate the nodes’ taints'],
  [/node affinity\/selector|node selector/i, 'its node selector or affinity fits no node'],
  [/volume node affinity conflict/i, 'its volume is on another node'],
  [/pod anti-affinity/i, 'its anti-affinity forbids the nodes'],
  [/pod affinity rules/i, 'its affinity fits no node'],
  [/topology spread constraints/i, 'its spread constraints fit no node'],
  [/unbound immediate PersistentVolumeClaims|persistentvolumeclaim .* not found/i, 'its volume claim is not bound'],
  [/free ports/i, 'its host port is taken'],
];

function unschedulable(pod: PodSymptoms, events: readonly EventFacts[]): CauseFound[] {
  const refusal = pod.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (refusal === undefined || pod.nodeName !== undefined) return [];
  const said = [refusal.message, ...events.filter(({ reason }) => reason === 'FailedScheduling').map(e => e.message)];
  const why = REFUSALS.filter(([pattern]) => said.some(message => pattern.test(message))).map(([, words]) => words);
  return [
    {
      cause: 'unschedulable',
      weight: 95,
      subject: 'scheduling',
      message: `no node takes its pods: ${why.length === 0 ? 'see the scheduler’s words' : why.join('; ')}`,
      evidence: [`${pod.name}: ${refusal.reason}: ${refusal.message}`],
      rule: 'kube-scheduler: PodScheduled is False and says why',
      remedy: 'lower what it asks for, free or add capacity, or correct selectors and tolerations.',
      affected: 1,
    },
  ];
}

/** A kind of event that is a cause by itself. */
interface Sign {
  cause: string;
  weight: number;
  isSign: (event: EventFacts) => boolean;
  message: string;
  remedy: string;
}

const creation: readonly Sign[] = [
  {
    cause: 'quota_exceeded',
    weight: 96,
    isSign: ({ reason, message }) => reason === 'FailedCreate' && /exceeded quota/i.test(message),
    message: 'no pods are made: the namespace’s quota is used up',
    remedy: 'raise the quota, or free what is used of it.',
  },
  {
    cause: 'admission_denied',
    weight: 95,
    isSign: ({ reason, message }) => reason === 'FailedCreate' && !/exceeded quota/i.test(message),
    message: 'no pods are made: the API server or a policy refuses them',
    remedy: 'make the pod template fit the policy that the event names.',
  },
];

const onNode: readonly Sign[] = [
  {
    cause: 'volume_attach',
    weight: 90,
    isSign: ({ reason, message }) =>
      reason === 'FailedAttachVolume' ||
      (reason === 'FailedMount' && !/(configmap|secret)s? "?[\w.-]+"? not found/i.test(message)),
    message: 'a volume can’t be attached or mounted',
    remedy: 'see where the volume is attached; one that a node does not let go needs that node looked at.',
  },
  {
    cause: 'network_unavailable',
    weight: 90,
    isSign: ({ reason, message }) =>
      (reason === 'FailedCreatePodSandBox' && /network|cni|plugin/i.test(message)) || reason === 'NetworkNotReady',
    message: 'pods get no network: the CNI fails on their node',
    remedy: 'look at the CNI’s pods on that node.',
  },
  {
    cause: 'preempted',
    weight: 60,
    isSign: ({ reason }) => reason === 'Preempted' || reason === 'Preempting',
    message: 'pods gave way to others of a higher priority',
    remedy: 'add capacity, or raise its priority class.',
  },
];

function bySigns(signs: readonly Sign[], events: readonly EventFacts[], subject: string): CauseFound[] {
  return signs.flatMap(({ isSign, ...sign }) => {
    const found = events.filter(isSign);
    if (found.length === 0) return [];
    const rule = `Kubernetes’ own event ${found[0]?.reason ?? ''}`;
    return [{ ...sign, subject, evidence: texts(found), rule, affected: 1 }];
  });
}

function evicted({ phase, reason, message, name }: PodSymptoms): CauseFound[] {
  if (phase !== 'Failed' || reason !== 'Evicted') return [];
  const what = /low on resource: ([a-z-]{1,40})/i.exec(message)?.[1];
  return [
    {
      cause: 'evicted',
      weight: 91,
      subject: 'eviction',
      message: `the kubelet evicted pods${what === undefined ? '' : `: their node was short of ${what}`}`,
      evidence: [`${name}: ${reason}: ${message}`],
      rule: 'the kubelet evicts when a node is short of memory, disk or processes',
      remedy: 'give it requests that fit what it uses; investigate its node.',
      affected: 1,
    },
  ];
}

function stuckTerminating(pod: PodSymptoms, now: number): CauseFound[] {
  const { terminatingSince: since } = pod;
  if (since === undefined || now - since < STUCK_MS) return [];
  return [
    {
      cause: 'stuck_terminating',
      weight: 70,
      subject: 'termination',
      message: `pods have been terminating for over ${Math.floor((now - since) / 60_000)} minutes`,
      evidence: [`${pod.name} on ${pod.nodeName ?? 'no node'}`],
      rule: 'a pod goes when its node says so and its finalizers are done',
      remedy: `investigate node ${nameShown(pod.nodeName ?? '')}; finalizers are never stripped by us.`,
      affected: 1,
    },
  ];
}

/** Causes outside of the containers. */
export function placementCauses(look: WorkloadLook): CauseFound[] {
  const { workload, events, now } = look;
  const hasTooFew = workload.desired !== undefined && workload.pods.length < workload.desired;
  const above = events.filter(({ kind }) => kind !== 'Pod');
  return [
    ...(hasTooFew ? bySigns(creation, above, `${workload.kind} ${nameShown(workload.name)}`) : []),
    ...workload.pods.flatMap(pod => {
      const own = eventsOf(look, pod);
      const signs = isHealthyPod(pod) ? [] : bySigns(onNode, own, 'pods');
      return [...unschedulable(pod, own), ...signs, ...evicted(pod), ...stuckTerminating(pod, now)];
    }),
  ];
}
