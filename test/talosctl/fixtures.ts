/** Texts of real talosctl versions, from its issues, documentation and source. */

const block = (tag: string) =>
  `\tTag:         ${tag}\n\tSHA:         348472f9\n\tBuilt:       \n\tGo version:  go1.23.4\n\tOS/Arch:     linux/arm64\n`;

export const versionText = (client: string, servers: Record<string, string>): string =>
  `Client:\n${block(client)}Server:\n${Object.entries(servers)
    .map(([node, tag]) => `\tNODE:        ${node}\n${block(tag)}\tEnabled:     RBAC\n`)
    .join('')}`;

export const clientOnlyText = (client: string): string => `Client:\n${block(client)}`;

export const resourceText = (node: string, type: string, id: string, spec: unknown): string =>
  `${JSON.stringify(
    {
      metadata: {
        created: '2026-11-20T10:00:00Z',
        id,
        namespace: 'runtime',
        owner: 'x',
        phase: 'running',
        type,
        version: 1,
      },
      node,
      spec,
    },
    undefined,
    4,
  )}\n`;

export const SCHEMATIC = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';
export const SYSTEM_UUID = '8c5c9f6e-3f0a-4a7e-9a6a-0d4f7f0a1b2c';
export const BOOT_ID = '0f0e0d0c-1111-4222-8333-444455556666';

export const ETCD_MEMBERS = `NODE         ID                 HOSTNAME                       PEER URLS                 CLIENT URLS               LEARNER
172.20.0.2   a49c021e76e707db   talos-default-controlplane-1   https://172.20.0.2:2380   https://172.20.0.2:2379   false
172.20.0.2   ecebb05b59a776f1   talos-default-controlplane-2   https://172.20.0.3:2380   https://172.20.0.3:2379   false
172.20.0.2   b59a776f1                                         https://172.20.0.4:2380                             true
172.20.0.3   a49c021e76e707db   talos-default-controlplane-1   https://172.20.0.2:2380   https://172.20.0.2:2379   false
`;

export const ETCD_STATUS_1_10 = `NODE         MEMBER             DB SIZE   IN USE            LEADER             RAFT INDEX   RAFT TERM   RAFT APPLIED INDEX   LEARNER   ERRORS
172.20.0.3   ecebb05b59a776f1   21 MB     6.0 MB (29.08%)   ecebb05b59a776f1   53391        4           53391                false     
`;

export const ETCD_STATUS_1_11 = `NODE         MEMBER             DB SIZE   IN USE            LEADER             RAFT INDEX   RAFT TERM   RAFT APPLIED INDEX   LEARNER   PROTOCOL   STORAGE   ERRORS
172.20.0.4   a2b8a1f794bdd561   3.6 MB    2.2 MB (61.59%)   a49c021e76e707db   4703         2           4703                 false     3.6.4      3.6.0     
`;

export const ETCD_STATUS_NO_LEADER = `NODE         MEMBER             DB SIZE   IN USE            LEADER             RAFT INDEX   RAFT TERM   RAFT APPLIED INDEX   LEARNER   PROTOCOL   STORAGE   ERRORS
172.20.0.4   a2b8a1f794bdd561   3.6 MB    2.2 MB (61.59%)   0000000000000000   4703         2           4701                 false     3.6.4      3.6.0     etcdserver: no leader
`;

export const SERVICES = `NODE       SERVICE      STATE       HEALTH   LAST CHANGE   LAST EVENT
10.5.0.2   apid         Running     OK       14m30s ago    Health check successful
10.5.0.2   etcd         Preparing   ?        14m30s ago    Running pre state
10.5.0.2   ext-qemu     Running     Fail     14m31s ago    service not running
10.5.0.2   machined     Running     OK       14m31s ago    <none>
`;

export const CONFIG_CONTEXTS = `CURRENT   NAME            ENDPOINTS                     NODES
          staging                                       
*         admin@prod      10.0.0.2,10.0.0.3,10.0.0.4    10.0.0.2,10.0.0.3,10.0.0.4...
`;

export const CONFIG_INFO = `Current context:     admin@prod
Nodes:               not defined
Endpoints:           10.0.0.2, 10.0.0.3
Roles:               os:admin
Certificate expires: 10 years from now (2033-08-29)
`;
