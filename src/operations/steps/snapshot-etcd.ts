import { mkdir } from 'node:fs/promises';
import { judgeEtcd } from '../../decisions/quorum.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { readEtcd } from '../read-etcd.ts';
import { inCluster } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** A verified etcd snapshot, through a member that does not lead if there is one (SAFETY 10, ledger R303). */
export const snapshotEtcd: StepPerformer<'snapshot_etcd'> = async context => {
  const { cluster } = inCluster(context);
  const name = cluster.config.name;
  const begun = context.progress.started_at ?? '';
  const taken = context.state.snapshots.findLast(each => each.cluster === name && each.at >= begun);
  if (taken) {
    return {
      kind: 'done',
      reason: `a snapshot of ${taken.bytes} bytes is verified`,
      evidence: [`sha256 ${taken.sha256}`],
      result: { path: taken.path, bytes: taken.bytes, sha256: taken.sha256 },
    };
  }
  const { planes, etcd } = await readEtcd(cluster, context.signal);
  const judged = judgeEtcd(planes, etcd);
  const source = planes.find(node => node.name !== judged.leaderNode) ?? planes[0];
  const address = source?.internalIp;
  if (!judged.isHealthy || !source || address === undefined) {
    return {
      kind: 'wait',
      reason: `etcd of ${name} is not whole: ${judged.findings[0]?.message ?? 'no control plane node has an address'}`,
      whatEndsIt: 'every member is healthy',
      pollMs: limits.pollMs,
      atMostMs: limits.gateMs,
      remedy: 'repair etcd (cluster_health names the member), then control_operation resume',
    };
  }
  await mkdir(context.ports.snapshotDirectory, { recursive: true, mode: 0o700 });
  // A later try gets a name of its own: a file that exists is never written to.
  const stamp = new Date(context.now).toISOString().replaceAll(/[-:.]/g, '');
  return {
    kind: 'effect',
    reason: 'a verified etcd snapshot before anything is changed (SAFETY 10)',
    effect: {
      kind: 'snapshot',
      cluster: name,
      node: source.name,
      address,
      endpoints: endpointsFor(address, cluster.config.talos.endpoints),
      path: `${context.ports.snapshotDirectory}/${name}-${context.operationId}-${stamp}.snapshot`,
    },
  };
};
