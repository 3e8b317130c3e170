import { seeded } from '../src/decisions/forecast/random.ts';
import type { Fleet } from '../src/decisions/placement/fleet.ts';
import type { FleetFacts, HostedPods, PlacementNode, PodShape, PodsOf } from '../src/decisions/placement/shape.ts';

const MIB = 2 ** 20;
const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const ZONES = ['a', 'b', 'c'];
/** Millicores and MiB. */
const NODE_SIZES = [
  [16_000, 64_000],
  [32_000, 128_000],
  [64_000, 256_000],
  [8_000, 32_000],
] as const;
const CPU_MILLIS = [50, 100, 100, 250, 250, 500, 500, 1000, 2000, 4000];
const MEMORY_MIB = [64, 128, 256, 256, 512, 1024, 1024, 2048, 4096, 8192];
/** Of the CPU and of the memory of all nodes, what all pods ask for. */
const TARGET = 0.62;

const pick = <T>(of: readonly T[], random: () => number): T => of[Math.floor(random() * of.length)] as T;

function nodeOf(index: number, random: () => number): PlacementNode {
  const kind = random();
  const pool = kind < 0.06 ? 'batch' : kind < 0.11 ? 'spare' : 'general';
  const [cpu, memory] = NODE_SIZES[Math.floor(random() * random() * NODE_SIZES.length)] ?? NODE_SIZES[0];
  return {
    name: `n-${index}`,
    labels: { [HOSTNAME]: `n-${index}`, [ZONE]: ZONES[index % ZONES.length] ?? 'a', pool },
    taints: pool === 'batch' ? [{ key: 'batch', value: '', effect: 'NoSchedule' }] : [],
    ready: true,
    unschedulable: false,
    allocatable: { cpu: cpu * 0.94, memory: memory * 0.9 * MIB, pods: 110 },
  };
}

function shapeOf(index: number, random: () => number): PodShape {
  const labels = { app: `w-${index}` };
  const selector = { matchLabels: labels };
  const isBatch = random() < 0.05;
  const zone = random() < 0.08 ? pick(ZONES, random) : undefined;
  return {
    workload: `Deployment shop/w-${index}`,
    kind: 'replicated',
    namespace: 'shop',
    labels,
    requests: { cpu: pick(CPU_MILLIS, random), memory: pick(MEMORY_MIB, random) },
    priority: random() < 0.1 ? 2 : random() < 0.3 ? 1 : 0,
    nodeSelector: isBatch ? { pool: 'batch' } : random() < 0.1 ? {} : { pool: 'general' },
    nodeTerms: undefined,
    tolerations: isBatch ? [{ key: 'batch', operator: 'Exists', value: '', effect: '' }] : [],
    volumeTerms: zone === undefined ? [] : [[{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }]],
    affinity: [],
    antiAffinity: random() < 0.15 ? [{ topologyKey: HOSTNAME, selector, namespaces: ['shop'] }] : [],
    spread:
      random() < 0.3
        ? [{ topologyKey: ZONE, maxSkew: 1, selector, minDomains: 1, honorsAffinity: true, honorsTaints: false }]
        : [],
    hostPorts: [],
    notModelled: [],
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Nodes in three zones and pools, and pods of as many shapes (replicas by Zipf), scaled to ask for 62 % of CPU and of memory. */
export function synthetic(
  nodeCount: number,
  podCount: number,
  shapeCount: number,
): { facts: FleetFacts; wanted: PodsOf[] } {
  const random = seeded(7).uniform;
  const nodes = Array.from({ length: nodeCount }, (_, index) => nodeOf(index, random));
  const drawn = Array.from({ length: shapeCount }, (_, index) => shapeOf(index, random));
  const weights = drawn.map((_, index) => 1 / (index + 3) ** 0.8);
  const all = sum(weights);
  const pods = weights.map(weight => Math.max(1, Math.round((podCount * weight) / all)));
  const scale = (resource: 'cpu' | 'memory'): number =>
    (TARGET * sum(nodes.map(({ allocatable }) => allocatable[resource] ?? 0))) /
    sum(drawn.map(({ requests }, index) => (requests[resource] ?? 0) * (pods[index] ?? 0)));
  const [cpu, memory] = [scale('cpu'), scale('memory')];
  const wanted = drawn.map(
    (shape, index): PodsOf => ({
      shape: {
        ...shape,
        requests: {
          cpu: Math.max(5, Math.round(((shape.requests.cpu ?? 0) * cpu) / 5) * 5),
          memory: Math.max(16 * MIB, Math.round(((shape.requests.memory ?? 0) * memory) / (16 * MIB)) * 16 * MIB),
        },
      },
      pods: pods[index] ?? 0,
    }),
  );
  return { facts: { nodes, hosted: [], budgets: [] }, wanted };
}

/** The pods of a fleet, where they are. */
export const hostedOn = ({ nodes, hosted, classes }: Fleet): HostedPods[] =>
  hosted.flatMap((pods, node) =>
    [...pods].flatMap(([index, count]) => {
      const shape = classes[index]?.shape;
      return shape === undefined ? [] : [{ shape, nodeName: nodes[node]?.name, pods: count }];
    }),
  );
