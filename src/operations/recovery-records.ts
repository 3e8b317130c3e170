/** What the division's records know of snapshots and recoveries. */
import { basename } from 'node:path';
import type { SnapshotFile } from '../model/snapshot.ts';
import type { ProcedurePorts } from './steps/step.ts';

type Ports = Pick<ProcedurePorts, 'division' | 'recoveryFiles'>;

/** Snapshots of a cluster that lie there, newest first: those that operations took, and CLUSTER.snapshot or CLUSTER.db put there by hand. */
export async function snapshotsOf({ division, recoveryFiles }: Ports, cluster: string): Promise<SnapshotFile[]> {
  const [files, recorded] = await Promise.all([recoveryFiles.snapshots(), recordedSnapshots({ division })]);
  return files
    .flatMap((file): SnapshotFile[] => {
      const record = recorded.find(({ name }) => name === file.name);
      if (record) return record.cluster === cluster ? [{ ...file, takenAt: record.takenAt }] : [];
      const isOwn =
        file.name.startsWith(`${cluster}-op-`) || ['snapshot', 'db'].some(end => file.name === `${cluster}.${end}`);
      return isOwn ? [file] : [];
    })
    .toSorted((one, other) => other.takenAt - one.takenAt);
}

/** Snapshots as operations recorded them, with what each hashed to when it was taken. */
export async function recordedSnapshots({ division }: Pick<Ports, 'division'>) {
  const { operations } = await division.operations();
  return operations.flatMap(({ snapshots }) =>
    snapshots.map(({ path, cluster, at, sha256 }) => ({
      name: basename(path),
      cluster,
      sha256,
      takenAt: Date.parse(at),
    })),
  );
}

/** Minutes that the last recovery of the cluster took; undefined when there was none. */
export async function recoveryMinutes(
  { division }: Pick<Ports, 'division'>,
  cluster: string,
): Promise<number | undefined> {
  const { operations } = await division.operations();
  const last = operations.find(
    ({ playbook, status, clusters }) =>
      (playbook === 'recover_etcd' || playbook === 'cluster_failure') &&
      status === 'succeeded' &&
      clusters.includes(cluster),
  );
  return last?.metrics.minutes;
}
