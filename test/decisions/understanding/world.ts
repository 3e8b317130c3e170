import type { KnownCluster, KnownWorld } from '../../../src/decisions/understanding.ts';

const nodesOf = (cluster: string, controlPlanes: number, workers: number): KnownCluster['nodes'] => [
  ...Array.from({ length: controlPlanes }, (_, index) => ({
    name: `${cluster}-cp-${index + 1}`,
    role: 'control-plane' as const,
  })),
  ...Array.from({ length: workers }, (_, index) => ({
    name: `${cluster}-worker-${index + 1}`,
    role: 'worker' as const,
  })),
];

const staging: KnownCluster = {
  name: 'staging',
  environment: 'staging',
  nodes: nodesOf('staging', 3, 3),
  namespaces: ['kube-system', 'payments'],
  workloads: [
    { namespace: 'payments', name: 'checkout' },
    { namespace: 'payments', name: 'ledger' },
  ],
  kubernetesVersion: 'v1.28.6',
  talosVersion: 'v1.12.11',
};

const production: KnownCluster = {
  name: 'production',
  environment: 'production',
  nodes: nodesOf('production', 3, 9),
  namespaces: ['kube-system', 'payments', 'monitoring', 'n8n-production'],
  workloads: [
    { namespace: 'payments', name: 'checkout' },
    { namespace: 'payments', name: 'invoicing' },
    { namespace: 'n8n-production', name: 'n8n' },
  ],
  kubernetesVersion: 'v1.28.6',
  talosVersion: 'v1.12.11',
};

export const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

/** The seed's two clusters. */
export const world: KnownWorld = { clusters: [staging, production], now: NOW_MS };

/** Three clusters, two of them of production, and names that are words of the language. */
export const crowded: KnownWorld = {
  clusters: [
    { ...staging, name: 'test', nodes: nodesOf('test', 3, 2) },
    { ...production, name: 'prod-eu', nodes: nodesOf('eu', 3, 4) },
    { ...production, name: 'prod-us', nodes: nodesOf('us', 3, 4) },
  ],
  now: NOW_MS,
};

/** A cluster where v1.13.4 could be either version. */
export const ancient: KnownWorld = { clusters: [{ ...production, kubernetesVersion: 'v1.13.1' }], now: NOW_MS };

export const nowhere: KnownWorld = { clusters: [], now: NOW_MS };

/** A cluster that division.yaml names and that has shown nothing: it is to be created. */
export const awaited: KnownWorld = {
  clusters: [...world.clusters, { name: 'edge', environment: 'production', nodes: [], namespaces: [], workloads: [] }],
  now: NOW_MS,
};
