import type { FamilyWords } from './shapes.ts';

/** Seed 118, 230, 503; ledger R134, R244; CONTRACT's further playbooks. */
export const clusters: FamilyWords = {
  words: {
    ca: { en: 'ca, certificate authority, root ca, talos ca, kubernetes ca, k8s ca, cas, certificate authorities' },
    client: {
      en: 'client, client credentials, client certificate, client certificates, client certs, client cert, talosconfig certificate, kubeconfig certificate, talos client, admin certificate, admin certificates',
      de: 'client zertifikat, client zertifikate, clientzertifikate',
      es: 'certificado de cliente, certificados de cliente',
      fr: 'certificat client, certificats client, certificats clients',
    },
  },
  rules: [
    {
      family: 'rotate_certificates',
      disrupts: true,
      patterns: [
        'rotate certificate',
        'rotate ca',
        'rotate client',
        'rotate secret',
        'rotate certificate client',
        'rotate certificate ca',
        'upgrade certificate',
        'replace certificate',
      ],
      allows: 'rotate certificate ca client secret cluster cluster_name kubernetes talos of',
    },
    {
      family: 'recover_etcd',
      disrupts: true,
      patterns: [
        'restore etcd',
        'restore etcd backup',
        'restore etcd cluster_name',
        'restore backup',
        'restore snapshot_file',
        'restore etcd snapshot_file',
        'restore cluster_name backup',
      ],
      allows: 'restore etcd backup snapshot_file recent cluster cluster_name from of latest kubernetes',
    },
    {
      family: 'create_cluster',
      disrupts: true,
      patterns: [
        'create cluster',
        'set_up cluster',
        'create cluster control_plane',
        'create cluster called',
        'deploy cluster',
        'add cluster',
        'set_up cluster control_plane',
        'create cluster worker',
        'create cluster number',
        'deploy cluster number',
        'create cluster control_plane worker',
        'set_up cluster control_plane worker',
      ],
      allows:
        'create set_up cluster called control_plane worker node number kubernetes talos version_number of new_name cluster_name one address add deploy',
    },
  ],
};
