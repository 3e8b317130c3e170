import type { Identity } from '../../world/certificates.ts';
import { makeCertificate } from '../../world/certificates.ts';
import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { authorityOf, issueClient, YEAR_MS } from '../../world/pki.ts';
import type { ResourceKind } from './resource.ts';

const HALF_YEAR_MS = YEAR_MS / 2;
const DAY_MS = 86_400_000;

/** When certificates of that lifetime were renewed last: at half of it, counted from the boot. */
function renewedMs(cluster: SimCluster, machine: Machine, halfMs: number): number {
  const since = cluster.now() - machine.booted_ms;
  return machine.booted_ms + Math.floor(since / halfMs) * halfMs;
}

const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
const shown = ({ certificate, key }: Identity): Record<string, string> => ({
  crt: base64(certificate),
  key: base64(key),
});

/** A certificate and key as a Talos resource shows them: base64 of PEM. */
function pair(cluster: SimCluster, machine: Machine, organization: string, lifeMs: number): Record<string, string> {
  const authority = organization.startsWith('os:') ? 'talos' : 'kubernetes';
  const fromMs = renewedMs(cluster, machine, lifeMs / 2);
  const commonName = `${organization} ${machine.name}`;
  return shown(issueClient(cluster, authority, { organization, commonName, fromMs, ttlMs: lifeMs }));
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
        acceptedCAs: [{ crt: base64(authorityOf(cluster, 'talos').certificate) }],
        client: pair(cluster, machine, 'os:impersonator', DAY_MS),
        server: pair(cluster, machine, 'os:server', DAY_MS),
        skipVerifyingClientCert: false,
      },
    },
  ],
};

function etcdPair(cluster: SimCluster, machine: Machine, name: string): Record<string, string> {
  const seed = `${cluster.seed} ${cluster.name} etcd`;
  return shown(
    makeCertificate({
      subject: { organization: name, commonName: machine.name },
      issuer: { organization: 'etcd' },
      seed: `${seed} ${name} ${machine.name}`,
      issuerSeed: seed,
      fromMs: machine.booted_ms,
      untilMs: machine.booted_ms + YEAR_MS,
      isAuthority: false,
    }),
  );
}

/** Made anew at each boot, for a year. */
const etcdSecrets: ResourceKind = {
  type: 'EtcdSecrets.secrets.talos.dev',
  display: 'EtcdSecret',
  columns: [],
  resources: (cluster, machine) =>
    machine.role !== 'controlplane'
      ? []
      : [
          {
            namespace: 'secrets',
            id: 'etcd',
            owner: 'secrets.EtcdController',
            createdMs: machine.booted_ms,
            spec: Object.fromEntries(
              ['etcd', 'etcdPeer', 'etcdAdmin', 'etcdAPIServer'].map(name => [name, etcdPair(cluster, machine, name)]),
            ),
          },
        ],
};

/** The kubelet's own file: certificate and key, for a year from the boot. */
export function kubeletClientPem(cluster: SimCluster, machine: Machine): string {
  const { certificate, key } = issueClient(cluster, 'kubernetes', {
    organization: 'system:nodes',
    commonName: `system:node:${machine.name}`,
    fromMs: machine.booted_ms,
    ttlMs: YEAR_MS,
  });
  return `${certificate}${key}`;
}

/** The certificates a node has of its own. */
export const CERTIFICATE_KINDS: readonly ResourceKind[] = [kubernetesCerts, apiCertificates, etcdSecrets];
