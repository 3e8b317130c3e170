/** Symptoms of small workloads and nodes, each part replaceable. */
import type { MachineLook, WorkloadLook } from '../../../src/decisions/causes.ts';
import type {
  Condition,
  ContainerSymptoms,
  EndedRun,
  EventFacts,
  NodeSymptoms,
  PodSymptoms,
  WorkloadSymptoms,
} from '../../../src/model/symptoms.ts';

export const NOW = Date.parse('2026-11-22T10:00:00Z');

export const condition = (type: string, status: Condition['status'], reason = '', message = ''): Condition => ({
  type,
  status,
  reason,
  message,
  since: NOW,
});

export const ended = (exitCode: number, reason = 'Error', message = ''): EndedRun => ({
  exitCode,
  reason,
  message,
  finishedAt: NOW,
});

export const container = (change: Partial<ContainerSymptoms> = {}): ContainerSymptoms => ({
  name: 'app',
  isInit: false,
  image: 'registry.example/app:1.2',
  isReady: false,
  restarts: 0,
  isRunning: false,
  waiting: undefined,
  ended: undefined,
  memoryLimit: undefined,
  ...change,
});

export const crashed = (
  exitCode: number,
  reason = 'Error',
  change: Partial<ContainerSymptoms> = {},
): ContainerSymptoms =>
  container({
    restarts: 4,
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 80s restarting failed container' },
    ended: ended(exitCode, reason),
    ...change,
  });

export const pod = (change: Partial<PodSymptoms> = {}): PodSymptoms => ({
  namespace: 'shop',
  name: 'web-7d4-abcde',
  nodeName: 'worker-1',
  phase: 'Running',
  reason: '',
  message: '',
  conditions: [condition('Ready', 'False', 'ContainersNotReady')],
  containers: [container()],
  terminatingSince: undefined,
  ...change,
});

export const goodPod = (name: string, change: Partial<ContainerSymptoms> = {}): PodSymptoms =>
  pod({
    name,
    conditions: [condition('Ready', 'True')],
    containers: [container({ isReady: true, isRunning: true, ...change })],
  });

export const workload = (pods: readonly PodSymptoms[], change: Partial<WorkloadSymptoms> = {}): WorkloadSymptoms => ({
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  desired: pods.length,
  conditions: [],
  pods,
  owned: [],
  ...change,
});

export const event = (reason: string, message: string, change: Partial<EventFacts> = {}): EventFacts => ({
  isWarning: true,
  reason,
  message,
  kind: 'Pod',
  name: 'web-7d4-abcde',
  count: 3,
  lastAt: NOW,
  ...change,
});

export const look = (
  pods: readonly PodSymptoms[],
  events: readonly EventFacts[] = [],
  change: Partial<WorkloadLook> = {},
): WorkloadLook => ({ workload: workload(pods), events, nodes: [], now: NOW, ...change });

export const node = (conditions: readonly Condition[] = [condition('Ready', 'True')]): NodeSymptoms => ({
  name: 'worker-1',
  conditions,
  isCordoned: false,
  internalIp: '10.0.0.9',
  leaseRenewedAt: NOW,
});

export const machine = (change: Partial<MachineLook> = {}): MachineLook => ({
  node: node(),
  events: [],
  services: undefined,
  kernel: undefined,
  isMachineSilent: false,
  ...change,
});
