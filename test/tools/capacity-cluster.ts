/** A cluster whose pods and nodes are there whole, and what is remembered of it. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterFacts, NodeFacts, PodFacts } from '../../src/model/facts.ts';
import type { UsageReader } from '../../src/ports/usage.ts';
import type { ClusterPorts } from '../../src/ports.ts';
import { aNode, aPod } from '../decisions/facts.ts';
import { clusterPorts, NOW } from '../mcp/front-fixture.ts';

const HOUR = 3_600_000;
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

const nodeObject = ({ name, role, labels, unschedulable, allocatable }: NodeFacts) => ({
  metadata: { name, labels: { ...labels, ...(role === 'control-plane' && { [CONTROL_PLANE]: '' }) } },
  spec: {
    unschedulable,
    taints: role === 'control-plane' ? [{ key: CONTROL_PLANE, effect: 'NoSchedule' }] : [],
  },
  status: {
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    allocatable: { cpu: `${allocatable.cpuMillis}m`, memory: String(allocatable.memoryBytes), pods: '110' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

const podObject = ({ namespace, name, nodeName, phase, labels, controller, requests }: PodFacts) => ({
  metadata: { namespace, name, labels, ownerReferences: controller ? [{ ...controller, controller: true }] : [] },
  spec: {
    ...(nodeName !== undefined && { nodeName }),
    containers: [
      { name: 'c', resources: { requests: { cpu: `${requests.cpuMillis}m`, memory: String(requests.memoryBytes) } } },
    ],
  },
  status: { phase },
});

const workers = ['worker-1', 'worker-2', 'worker-3'];

/** Three control plane nodes, three workers of 4 cores with a web pod of one core each, in three zones. */
export const fleetFacts = (change: Partial<ClusterFacts> = {}): Partial<ClusterFacts> => ({
  nodes: [
    ...['cp-1', 'cp-2', 'cp-3'].map(name => aNode(name)),
    ...workers.map((name, index) => aNode(name, { labels: { 'topology.kubernetes.io/zone': `zone-${index + 1}` } })),
  ],
  pods: workers.map(node => aPod(`web-${node}`, node, { requests: { cpuMillis: 1000, memoryBytes: 1e9 } })),
  ...change,
});

/** `used`: millicores of each node; null: no metrics API. */
export function capacityCluster(name: string, facts = fleetFacts(), used: number | null = 1500): ClusterPorts {
  const { nodes = [], pods = [] } = facts;
  const objects: Record<string, readonly Record<string, unknown>[]> = {
    Node: nodes.map(nodeObject),
    Pod: pods.map(podObject),
  };
  const usage: UsageReader = {
    cluster: name,
    nodes: async () =>
      used === null ? undefined : nodes.map(({ name: node }) => ({ node, cpuMillis: used, memoryBytes: 2e9 })),
    pods: async () => undefined,
    each: async ({ kind }, begin) => {
      const visit = begin();
      for (const object of objects[kind] ?? []) visit(object);
    },
    writtenVersions: async () => [],
  };
  return { ...clusterPorts(name, facts), usage };
}

/** Lays hourly samples into the knowledge base: `percent` of the six nodes' CPU by the hour, counted back from now. */
export async function layHistory(
  divisionDirectory: string,
  cluster: string,
  hours: number,
  percent: (hoursAgo: number) => number,
): Promise<void> {
  const entries = Array.from({ length: hours }, (_, index) => {
    const ago = hours - index;
    const at = new Date(NOW - ago * HOUR).toISOString();
    return {
      entry_id: `${cluster}-${at.slice(0, 13)}`,
      at,
      cluster,
      simulated: true,
      nodes: { total: 6, schedulable: 6 },
      allocatable_total: { cpu_millis: 24_000, memory_bytes: 48e9, pods: 660 },
      requested: { cpu_millis: 3000, memory_bytes: 3e9, pods: 3 },
      used: { cpu_millis: Math.round(240 * percent(ago)), memory_bytes: 12e9 },
    };
  });
  const folder = join(divisionDirectory, 'knowledge-base');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'capacity-planning.json'), JSON.stringify({ entries }));
}
