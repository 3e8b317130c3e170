import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Target } from '../run.ts';

/** Throws what a worker answers to a question about etcd. */
export function controlPlaneOnly(what: string, { machine }: Target): void {
  if (machine.role === 'controlplane') return;
  throw new TalosctlFailure(rpcError('Unimplemented', `${what} is only available on control plane nodes`));
}

/** Throws what etcd's client says when the machine's member is not there or there is no leader. */
export function needEtcd(target: Target, { leader }: { leader: boolean }): void {
  const { cluster, machine } = target;
  if (!machine.etcd_runs) {
    throw new TalosctlFailure(
      rpcError('Unknown', 'failed to create etcd client: error building etcd client: context deadline exceeded'),
    );
  }
  if (!cluster.etcd.answers(machine.name))
    throw new TalosctlFailure(rpcError('Unknown', 'etcdserver: request timed out'));
  if (!leader) return;
  if (!cluster.etcd.canLead()) throw new TalosctlFailure(rpcError('Unavailable', 'etcdserver: no leader'));
  if (cluster.etcd.memberOf(machine.name)?.learner === true)
    throw new TalosctlFailure(rpcError('Unavailable', 'etcdserver: rpc not supported for learner'));
}
