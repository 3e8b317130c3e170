import type { VerifiedSnapshot } from '../../model/snapshot.ts';
import { recordedSnapshots, snapshotsOf } from '../recovery-records.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

const REMEDY = 'take a new snapshot: the next upgrade does, or talosctl etcd snapshot; then plan again';

interface Newest {
  name: string;
  verified: VerifiedSnapshot;
  /** As it hashed when it was taken; undefined for one that no operation took. */
  recorded: string | undefined;
  ageHours: number;
}

/** The newest snapshot, read to its end. Undefined: there is none. [INTERNAL, NOT_FOUND] */
export async function newestSnapshot(scene: StepScene): Promise<Newest | undefined> {
  const { name: cluster } = inCluster(scene).cluster.config;
  const [newest] = await snapshotsOf(scene.ports, cluster);
  if (!newest) return undefined;
  const [verified, recorded] = await Promise.all([
    scene.ports.recoveryFiles.verify(newest.name),
    recordedSnapshots(scene.ports),
  ]);
  return {
    name: newest.name,
    verified,
    recorded: recorded.find(({ name }) => name === newest.name)?.sha256,
    ageHours: Math.max(0, Math.round((scene.now - newest.takenAt) / 3_600_000)),
  };
}

export const noSnapshot = (scene: StepScene): StepLook => ({
  kind: 'failed',
  code: 'NOT_FOUND',
  reason: `there is no etcd snapshot of ${scene.step.target.cluster ?? 'the cluster'}`,
  remedy: REMEDY,
});

/** Why the snapshot is not what was saved; undefined when it is. */
export function problemOf({ verified, recorded }: Newest): string | undefined {
  if (verified.bytes === 0) return 'it is empty';
  if (verified.problem !== undefined) return verified.problem;
  return recorded === undefined || recorded === verified.sha256 ? undefined : 'it is not the file that was recorded';
}

/** The newest snapshot of the cluster is not empty, hashes to the sha256 at its end, and is the one that was recorded (ledger R138). */
export const verifySnapshot: StepPerformer<'verify_snapshot'> = async scene => {
  const newest = await newestSnapshot(scene);
  if (!newest) return noSnapshot(scene);
  const problem = problemOf(newest);
  const { bytes, sha256 } = newest.verified;
  const result = { snapshot: newest.name, bytes, sha256, age_hours: newest.ageHours };
  if (problem !== undefined) {
    return { kind: 'failed', code: 'RECORD_CORRUPT', reason: `${newest.name}: ${problem}`, remedy: REMEDY, result };
  }
  return {
    kind: 'done',
    reason: `${newest.name} is whole: ${bytes} bytes, ${newest.ageHours} h old`,
    evidence: [`sha256 ${sha256}`, 'it hashes to the sha256 at its end'],
    result,
  };
};
