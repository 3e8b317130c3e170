import type { SimCluster } from '../cluster.ts';

/** A member that is ill, no leader to be had, or a voter turned back into a learner for as long as the fault lasts. */
export function runEtcdFaults(cluster: SimCluster): void {
  const { etcd, faults } = cluster;
  faults.onChange((fault, change) => {
    if (fault.kind === 'etcd_learner' && fault.node !== undefined) {
      if (change === 'armed') etcd.demote(fault.node);
      else if (faults.active('etcd_learner', { node: fault.node }) === undefined) etcd.promote(fault.node);
    }
    if (fault.kind === 'etcd_member_unhealthy' || fault.kind === 'etcd_no_leader') etcd.review();
  });
}
