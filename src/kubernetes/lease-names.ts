/** The general manager's own Lease (SAFETY 6). */
export const OWN_LEASE = { namespace: 'kube-system', name: 'containers-gm' } as const;

/** Where kubelets renew theirs. */
export const NODE_LEASES = 'kube-node-lease';
