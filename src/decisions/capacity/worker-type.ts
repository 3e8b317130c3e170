import type { NodeType, PlacementNode } from '../placement/shape.ts';
import { groupedBy, sortedBy } from '../verdict.ts';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const GIB = 1024 ** 3;
/** Of a machine whose nodes do not tell their disk, as in the seed's own request (seed 338-345). */
const DISK_GIB = 500;

/** A machine as one asks for it: whole cores, whole GiB. */
export interface MachineSize {
  cpu: number;
  memory: number;
  disk: number;
}

export interface WorkerType {
  nodeType: NodeType;
  machine: MachineSize;
}

const isWorker = ({ labels }: PlacementNode): boolean => !Object.hasOwn(labels, CONTROL_PLANE);

/** What the system keeps for itself is not allocatable: a machine has the next whole core, and the next GiB that is a multiple of 2. */
function machineOf(allocatable: PlacementNode['allocatable']): MachineSize {
  const disk = allocatable['ephemeral-storage'];
  return {
    cpu: Math.max(1, Math.ceil((allocatable.cpu ?? 0) / 1000)),
    memory: Math.max(2, 2 * Math.ceil((allocatable.memory ?? 0) / (2 * GIB))),
    disk: disk === undefined || disk <= 0 ? DISK_GIB : Math.ceil(disk / GIB),
  };
}

/** Labels that all of them have with the same value, but for what names the one node or its zone. */
function commonLabels(nodes: readonly PlacementNode[]): Record<string, string> {
  const [first] = nodes;
  const common = Object.entries(first?.labels ?? {}).filter(
    ([key, value]) => key !== HOSTNAME && key !== ZONE && nodes.every(({ labels }) => labels[key] === value),
  );
  return Object.fromEntries(common);
}

const SCALES = [0.5, 1, 2, 4];

/** Workers of other sizes: all but the pods that a node may have grows with it. */
export const otherSizes = ({ nodeType }: WorkerType): NodeType[] =>
  SCALES.map(scale => {
    const amounts = Object.entries(nodeType.allocatable).map(
      ([resource, amount]) => [resource, resource === 'pods' ? amount : amount * scale] as const,
    );
    const allocatable = Object.fromEntries(amounts);
    const { cpu, memory } = machineOf(allocatable);
    return { ...nodeType, name: `worker ${cpu}c/${memory}Gi`, allocatable };
  });

/** The commonest kind of worker: what one more node would be. Undefined: the cluster shows no worker. */
export function workerType(nodes: readonly PlacementNode[]): WorkerType | undefined {
  const workers = nodes.filter(isWorker);
  const sizeOf = ({ allocatable, taints = [] }: PlacementNode): string =>
    JSON.stringify([machineOf(allocatable), taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/'))]);
  const [commonest] = groupedBy(workers, sizeOf).toSorted(([, one], [, other]) => other.length - one.length);
  const [model] = commonest?.[1] ?? [];
  if (commonest === undefined || model === undefined) return undefined;
  const machine = machineOf(model.allocatable);
  const zones = [...new Set(workers.flatMap(({ labels }) => labels[ZONE] ?? []))];
  return {
    machine,
    nodeType: {
      name: `worker ${machine.cpu}c/${machine.memory}Gi`,
      labels: commonLabels(commonest[1]),
      taints: (model.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/')),
      allocatable: model.allocatable,
      zones: sortedBy(zones, zone => zone),
    },
  };
}
