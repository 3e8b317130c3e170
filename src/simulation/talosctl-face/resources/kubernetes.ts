import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { issueClient, YEAR_MS } from '../../world/pki.ts';
import { isReady } from '../../world/pods.ts';
import type { ResourceKind } from './resource.ts';
import { column } from './resource.ts';

const HALF_YEAR_MS = YEAR_MS / 2;
const DAY_MS = 86_400_000;

/** When certificates of that lifetime were renewed last: at half of it, counted from the boot. */
function renewedMs(cluster: SimCluster, machine: Machine, halfMs: number): number {
  const since = cluster.now() - machine.booted_ms;
  return machine.booted_ms + Math.floor(since / halfMs) * halfMs;
}

/** A certificate and key as a Talos resource shows them: base64 of PEM. */
function pair(cluster: SimCluster, machine: Machine, organization: string, lifeMs: number): Record<string, string> {
  const authority = organization.startsWith('os:') ? 'talos' : 'kubernetes';
  const fromMs = renewedMs(cluster, machine, lifeMs / 2);
  const commonName = `${organization} ${machine.name}`;
  const { certificate, key } = issueClient(cluster, authority, { organization, commonName, fromMs, ttlMs: lifeMs });
  return { crt: Buffer.from(certificate).toString('base64'), key: Buffer.from(key).toString('base64') };
}

const kubernetesCerts: ResourceKind = {
  type: 'KubernetesDynamicCerts.secrets.talos.dev',
  display: 'KubernetesDynamicCert',
  columns: [],
  resources: (cluster, machine) =>
    machine.role !== 'controlplane'
      ? []
      : [
          {
            namespace: 'secrets',
            id: 'k8s-dynamic-certs',
            owner: 'secrets.KubernetesDynamicCertsController',
            createdMs: renewedMs(cluster, machine, HALF_YEAR_MS),
            spec: {
              apiServer: pair(cluster, machine, 'kube-master', YEAR_MS),
              apiServerKubeletClient: pair(cluster, machine, 'system:masters', YEAR_MS),
              frontProxy: pair(cluster, machine, 'front-proxy', YEAR_MS),
            },
          },
        ],
};

const apiCertificates: ResourceKind = {
  type: 'ApiCertificates.secrets.talos.dev',
  display: 'ApiCertificate',
  columns: [],
  resources: (cluster, machine) => [
    {
      namespace: 'secrets',
      id: 'api',
      owner: 'secrets.APIController',
      createdMs: renewedMs(cluster, machine, DAY_MS / 2),
      spec: {
        client: pair(cluster, machine, 'os:impersonator', DAY_MS),
        server: pair(cluster, machine, 'os:server', DAY_MS),
      },
    },
  ],
};

const kubeletSpec: ResourceKind = {
  type: 'KubeletSpecs.kubernetes.talos.dev',
  display: 'KubeletSpec',
  columns: [],
  resources: (_cluster, machine) => [
    {
      namespace: 'k8s',
      id: 'kubelet',
      owner: 'k8s.KubeletSpecController',
      createdMs: machine.booted_ms,
      spec: {
        image: `ghcr.io/siderolabs/kubelet:${machine.kubelet_pending?.version ?? machine.kubelet_version}`,
        expectedNodename: machine.name,
      },
    },
  ],
};

const staticPodStatus: ResourceKind = {
  type: 'StaticPodStatuses.kubernetes.talos.dev',
  display: 'StaticPodStatus',
  columns: [column('READY', 'ready')],
  resources: (cluster, machine) =>
    cluster.store
      .list('pods', 'kube-system')
      .filter(({ metadata }) => metadata.labels?.tier === 'control-plane' && metadata.name.endsWith(machine.name))
      .map(pod => ({
        namespace: 'k8s',
        id: `kube-system/${pod.metadata.name}`,
        owner: 'k8s.KubeletStaticPodController',
        createdMs: Date.parse(pod.metadata.creationTimestamp),
        spec: { ready: isReady(pod) ? 'True' : 'False', status: pod.status },
      })),
};

/** What a node says of its part in Kubernetes, certificates included. */
export const KUBERNETES_KINDS: readonly ResourceKind[] = [
  kubernetesCerts,
  apiCertificates,
  kubeletSpec,
  staticPodStatus,
];
