import { readControlPlane } from '../read-control-plane.ts';
import { BEFORE_RECOVERY } from './choose-snapshot.ts';
import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/**
 * What is there is copied before anything is wiped (ledger R244), from a member that still answers. Without a quorum etcd may refuse it:
 * then it is said that there is no copy, and the recovery goes on with what was verified.
 */
export const keepEtcdData: StepPerformer<'keep_etcd_data'> = async scene => {
  const { cluster } = inCluster(scene);
  const { progress, state, now, operationId, ports, signal } = scene;
  const name = cluster.config.name;
  const kept = state.snapshots.findLast(({ path }) => path.includes(`${operationId}-${BEFORE_RECOVERY}`));
  if (kept) {
    return {
      kind: 'done',
      reason: `a copy of ${kept.bytes} bytes of what was there is kept`,
      evidence: [`sha256 ${kept.sha256}`],
      result: { path: kept.path, sha256: kept.sha256 },
    };
  }
  const last = progress.last_outcome;
  if (last !== undefined && last.result !== 'ok') {
    return {
      kind: 'done',
      reason: `there is no copy of what was there: ${last.detail}`,
      result: { headline: 'no copy of the broken etcd could be made' },
    };
  }
  const { planes } = await readControlPlane(cluster, signal);
  const source = planes.find(({ etcd }) => etcd.status !== undefined);
  if (!source) {
    return {
      kind: 'done',
      reason: 'no etcd member answers: there is nothing that could be copied',
      result: { headline: 'no copy of the broken etcd could be made' },
    };
  }
  const stamp = new Date(now).toISOString().replaceAll(/[-:.]/g, '');
  return {
    kind: 'effect',
    reason: 'a copy of what is there, before it is wiped',
    effect: {
      kind: 'snapshot',
      cluster: name,
      node: source.facts.nodename ?? source.target.address,
      address: source.target.address,
      endpoints: [...source.target.endpoints],
      path: `${ports.snapshotDirectory}/${name}-${operationId}-${BEFORE_RECOVERY}-${stamp}.snapshot`,
    },
  };
};
