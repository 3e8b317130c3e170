import type { HostedPods, PlacementNode, PodShape, SpreadTerm } from '../../../src/decisions/placement/shape.ts';

export const GIB = 2 ** 30;
export const ZONE = 'topology.kubernetes.io/zone';
export const HOSTNAME = 'kubernetes.io/hostname';

export const aNode = (name: string, zone: string, change: Partial<PlacementNode> = {}): PlacementNode => ({
  name,
  labels: { [HOSTNAME]: name, [ZONE]: zone },
  taints: [],
  ready: true,
  unschedulable: false,
  allocatable: { cpu: 4000, memory: 8 * GIB, pods: 110 },
  ...change,
});

export const aShape = (name: string, change: Partial<PodShape> = {}): PodShape => ({
  workload: `Deployment shop/${name}`,
  kind: 'replicated',
  namespace: 'shop',
  labels: { app: name },
  requests: { cpu: 1000, memory: GIB },
  priority: 0,
  nodeSelector: {},
  nodeTerms: undefined,
  tolerations: [],
  volumeTerms: [],
  affinity: [],
  antiAffinity: [],
  spread: [],
  hostPorts: [],
  notModelled: [],
  ...change,
});

export const on = (nodeName: string | undefined, shape: PodShape, pods: number): HostedPods => ({
  shape,
  nodeName,
  pods,
});

/** Two nodes in each of zones a, b and c, of four cores. */
export const sixNodes = ['a', 'b', 'c'].flatMap(zone => [aNode(`${zone}1`, zone), aNode(`${zone}2`, zone)]);

/** Pods of that app at most one apart in the domains of a label. */
export const evenly = (topologyKey: string, app: string): SpreadTerm => ({
  topologyKey,
  maxSkew: 1,
  selector: { matchLabels: { app } },
  minDomains: 1,
  honorsAffinity: true,
  honorsTaints: false,
});
