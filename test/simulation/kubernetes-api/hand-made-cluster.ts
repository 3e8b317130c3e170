import { Faults } from '../../../src/simulation/faults.ts';
import type { ApiCluster } from '../../../src/simulation/kubernetes-api/api-cluster.ts';
import { type KubernetesApi, serveKubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';
import { Ledger } from '../../../src/simulation/ledger.ts';
import { type KubeObject, ObjectStore } from '../../../src/simulation/world/store.ts';

/** Saturday 2026-11-21, 12:00 UTC. */
const START_MS = Date.UTC(2026, 10, 21, 12);

/** A cluster without a world: nothing happens in it but what the API is asked to do. */
export interface HandMade extends ApiCluster {
  /** Moves the clock. */
  pass(ms: number): void;
  /** Stops or starts the API server of a node. */
  setServer(node: string, isUp: boolean): void;
}

export function handMadeCluster({ historyLimit = 10_000 } = {}): HandMade {
  let nowMs = START_MS;
  let uids = 0;
  let drawn = 0;
  const down = new Set<string>();
  const listeners = new Set<() => void>();
  const store = new ObjectStore({
    now: () => nowMs,
    newUid: () => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
    historyLimit,
  });
  const cluster: HandMade = {
    name: 'staging',
    store,
    now: () => nowMs,
    random: () => {
      drawn = (drawn * 48271 + 11) % 2147483647;
      return drawn / 2147483647;
    },
    kubernetesVersion: 'v1.35.4',
    ledger: new Ledger('staging', () => nowMs),
    faults: new Faults('staging'),
    apiServerIsUp: node => !down.has(node),
    onServersChanged: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pass: ms => {
      nowMs += ms;
    },
    setServer: (node, isUp) => {
      if (isUp) down.delete(node);
      else down.add(node);
      for (const listener of listeners) listener();
    },
  };
  for (const name of ['default', 'kube-system', 'kube-node-lease'])
    store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
      status: { phase: 'Active' },
    });
  for (const name of ['cp-1', 'cp-2', 'w-1', 'w-2']) addNode(store, name);
  return cluster;
}

function addNode(store: ObjectStore, name: string): KubeObject {
  const isControlPlane = name.startsWith('cp-');
  return store.create('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        ...(isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
    },
    spec: isControlPlane ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } : {},
    status: {
      addresses: [{ type: 'InternalIP', address: `10.0.0.${name.at(-1)}` }],
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: '2026-11-20T12:00:00Z' },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.35.4',
        osImage: 'Talos (v1.12.11)',
        kernelVersion: '6.18.9-talos',
        containerRuntimeVersion: 'containerd://2.1.6',
      },
    },
  });
}

export interface PodShape {
  node?: string;
  phase?: string;
  ready?: boolean;
  labels?: Record<string, string>;
  namespace?: string;
  finalizers?: string[];
  owner?: { kind: string; name: string; uid: string };
}

/** Puts a pod there as a kubelet would have left it. */
export function addPod(cluster: ApiCluster, name: string, shape: PodShape = {}): KubeObject {
  const { node = 'w-1', phase = 'Running', ready = true, labels = { app: 'web' }, namespace = 'default' } = shape;
  const startedAt = '2026-11-21T11:00:00Z';
  return cluster.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      ...(shape.finalizers === undefined ? {} : { finalizers: shape.finalizers }),
      ...(shape.owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...shape.owner }] }),
    },
    spec: {
      ...(node === '' ? {} : { nodeName: node }),
      containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
      terminationGracePeriodSeconds: 30,
    },
    status: {
      phase,
      podIP: '10.244.0.7',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: startedAt }],
      containerStatuses: [{ name: 'c', ready, restartCount: 0, state: { running: { startedAt } } }],
    },
  });
}

export interface BudgetShape {
  disruptionsAllowed?: number;
  currentHealthy?: number;
  desiredHealthy?: number;
  unhealthyPodEvictionPolicy?: string;
  selector?: unknown;
  observedGeneration?: number;
}

/** A budget with the status its controller would have written. */
export function addBudget(cluster: ApiCluster, name: string, shape: BudgetShape = {}): KubeObject {
  const { selector = { matchLabels: { app: 'web' } }, observedGeneration = 1 } = shape;
  const policy = shape.unhealthyPodEvictionPolicy;
  return cluster.store.create('poddisruptionbudgets.policy', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { minAvailable: 2, selector, ...(policy === undefined ? {} : { unhealthyPodEvictionPolicy: policy }) },
    status: {
      observedGeneration,
      disruptionsAllowed: shape.disruptionsAllowed ?? 0,
      currentHealthy: shape.currentHealthy ?? 2,
      desiredHealthy: shape.desiredHealthy ?? 2,
      expectedPods: 3,
    },
  });
}

export interface Served {
  cluster: HandMade;
  api: KubernetesApi;
}

export async function served(options?: { historyLimit?: number }): Promise<Served> {
  const cluster = handMadeCluster(options);
  return { cluster, api: await serveKubernetesApi(cluster) };
}
