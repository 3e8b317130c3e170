import { seeded } from '../../../src/decisions/forecast/random.ts';
import type { HostedPods, PlacementNode, PodShape, PodTerm } from '../../../src/decisions/placement/shape.ts';

export interface Draw {
  chance: (probability: number) => boolean;
  /** From 0 up to, without, `below`. */
  below: (below: number) => number;
  one: <T>(of: readonly [T, ...T[]]) => T;
}

export function drawFrom(seed: number): Draw {
  const { uniform, below } = seeded(seed);
  return { chance: probability => uniform() < probability, below, one: of => of[below(of.length)] ?? of[0] };
}

export const ZONE = 'topology.kubernetes.io/zone';
const ZONES = ['a', 'b', 'c'] as const;
const APPS = ['web', 'db', 'job'] as const;

export function randomNode(draw: Draw, index: number): PlacementNode {
  return {
    name: `n-${index}`,
    labels: {
      ...(draw.chance(0.93) && { [ZONE]: draw.one(ZONES) }),
      ...(draw.chance(0.95) && { host: `n-${index}` }),
      ...(draw.chance(0.5) && { disk: 'ssd' }),
    },
    taints: draw.chance(0.15)
      ? [{ key: 'gpu', value: '', effect: draw.chance(0.8) ? 'NoSchedule' : 'PreferNoSchedule' }]
      : [],
    ready: draw.chance(0.95) ? true : draw.one<false | 'unknown'>([false, 'unknown']),
    unschedulable: draw.chance(0.05),
    allocatable: {
      cpu: 1000 * (1 + draw.below(6)),
      memory: 2 ** 30 * (1 + draw.below(8)),
      pods: draw.chance(0.2) ? 2 : 6,
      ...(draw.chance(0.3) && { 'nvidia.com/gpu': 2 }),
    },
  };
}

const termOf = (draw: Draw): PodTerm => ({
  topologyKey: draw.one(['host', ZONE]),
  selector: { matchLabels: { app: draw.one(APPS) } },
  namespaces: draw.chance(0.8) ? ['shop'] : 'all',
});
const zoneTerm = (draw: Draw): Record<string, unknown> => ({
  matchExpressions: [{ key: ZONE, operator: 'In', values: [draw.one(ZONES), draw.one(ZONES)] }],
});

/** `bonds`: how likely each of affinity, anti-affinity and spread is. */
export function randomShape(draw: Draw, index: number, bonds = 0.25): PodShape {
  const some = <T>(probability: number, make: () => T): T[] => (draw.chance(probability) ? [make()] : []);
  return {
    workload: `Deployment shop/w-${index}`,
    kind: 'replicated',
    namespace: draw.chance(0.85) ? 'shop' : 'other',
    labels: { app: draw.one(APPS) },
    requests: {
      ...(draw.chance(0.9) && { cpu: draw.one([100, 250, 500, 1000, 1500]) }),
      ...(draw.chance(0.9) && { memory: 2 ** 28 * (1 + draw.below(8)) }),
      ...(draw.chance(0.1) && { 'nvidia.com/gpu': 1 }),
    },
    priority: draw.chance(0.2) ? 10 : 0,
    nodeSelector: draw.chance(0.15) ? { disk: 'ssd' } : {},
    nodeTerms: draw.chance(0.15) ? [zoneTerm(draw)] : undefined,
    tolerations: draw.chance(0.3) ? [{ key: 'gpu', operator: 'Exists', value: '', effect: '' }] : [],
    volumeTerms: some(0.1, () => [zoneTerm(draw)]),
    affinity: [...some(bonds / 2, () => termOf(draw)), ...some(bonds / 8, () => termOf(draw))],
    antiAffinity: [...some(bonds, () => termOf(draw)), ...some(bonds / 4, () => termOf(draw))],
    spread: [...some(bonds, () => ZONE), ...some(bonds / 2, () => 'host')].map(topologyKey => ({
      topologyKey,
      maxSkew: 1 + draw.below(2),
      selector: { matchLabels: { app: draw.one(APPS) } },
      minDomains: draw.chance(0.2) ? 3 : 1,
      honorsAffinity: draw.chance(0.8),
      honorsTaints: draw.chance(0.3),
    })),
    hostPorts: some(0.1, () => ({ hostIp: '0.0.0.0', protocol: 'TCP', port: draw.one([80, 443]) })),
    notModelled: [],
  };
}

/** Nodes with some pods on them already, wherever they came from: not every one would be put there now. */
export function randomFleet(
  draw: Draw,
  bonds?: number,
): { nodes: PlacementNode[]; shapes: PodShape[]; hosted: HostedPods[] } {
  const nodes = Array.from({ length: 1 + draw.below(6) }, (_, index) => randomNode(draw, index));
  const shapes = Array.from({ length: 1 + draw.below(4) }, (_, index) => randomShape(draw, index, bonds));
  const hosted = nodes.flatMap(({ name }) =>
    draw.chance(0.3) ? [{ shape: shapes[draw.below(shapes.length)] as PodShape, nodeName: name, pods: 1 }] : [],
  );
  return { nodes, shapes, hosted };
}
