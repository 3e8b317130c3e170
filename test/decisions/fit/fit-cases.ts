import { type Fit, judgeFit, type PodAsk, podAsks } from '../../../src/decisions/fit/fit.ts';
import type { FitNode } from '../../../src/decisions/fit/obstacles.ts';
import { readManifest } from '../../../src/decisions/manifest/read-manifest.ts';
import type { NodeTaint, PodFacts } from '../../../src/model/facts.ts';
import { CONTAINER, deployment, LABELS, manifest } from '../lint/linted.ts';

export const GIB = 1024 ** 3;

export const node = (name: string, change: Partial<FitNode> = {}): FitNode => ({
  name,
  labels: { 'kubernetes.io/hostname': name, disk: 'ssd' },
  taints: [],
  ready: true,
  unschedulable: false,
  allocatable: { cpuMillis: 4000, memoryBytes: 8 * GIB, pods: 110 },
  ...change,
});

export const pod = (nodeName: string, change: Partial<PodFacts> = {}): PodFacts => ({
  namespace: 'other',
  name: 'p',
  uid: 'p',
  nodeName,
  phase: 'Running',
  isReady: true,
  terminatingSince: undefined,
  controller: undefined,
  isMirror: false,
  hasEmptyDir: false,
  hasLocalVolume: false,
  toleratesCordon: false,
  labels: {},
  restarts: 0,
  images: [],
  requests: { cpuMillis: 1000, memoryBytes: GIB },
  ...change,
});

/** What a manifest's objects ask for. */
export function asks(...objects: readonly object[]): PodAsk[] {
  const read = readManifest(manifest(...objects), 'shop');
  if (!read.ok) throw new Error('not read');
  return podAsks(read.objects, { namespace: 'shop' });
}

export const sized = (cpu: string | number, memory: string, more: object = {}, spec: object = {}): object =>
  deployment({ containers: [{ ...CONTAINER, resources: { requests: { cpu, memory } } }], ...more }, spec);

export const judged = (object: object, nodes: readonly FitNode[], pods: readonly PodFacts[] = []): Fit =>
  judgeFit(asks(object), { nodes, pods });
export const constraints = ({ blocked }: Fit): string[] =>
  blocked.map(({ constraint, fits, wanted }) => `${constraint} ${fits}/${wanted}`);
export const three = [node('w-1'), node('w-2'), node('w-3')];
export const all = (change: Partial<FitNode>): FitNode[] => three.map(one => ({ ...one, ...change }));
export const taint: NodeTaint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
export const affinity = (...expressions: object[]): object => ({
  affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [{ matchExpressions: expressions }] } } },
});
export const apart = {
  affinity: {
    podAntiAffinity: {
      [REQUIRED]: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: LABELS } }],
    },
  },
};
export const old = (nodeName: string, requests = { cpuMillis: 3000, memoryBytes: GIB }): PodFacts =>
  pod(nodeName, {
    namespace: 'shop',
    labels: LABELS,
    controller: { kind: 'ReplicaSet', name: 'web-1', uid: 'r' },
    requests,
  });
