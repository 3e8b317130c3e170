import { basename, join } from 'node:path';
import type { SnapshotFile } from '../../model/snapshot.ts';
import { recordedSnapshots, snapshotsOf } from '../recovery-records.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

const REMEDY = 'put a snapshot with its sha256 at its end into the snapshot folder, then control_operation resume';
/** Of what is there before a recovery wipes it (`keep_etcd_data`): it may be the very data that is broken. */
export const BEFORE_RECOVERY = 'before-recovery';
const TRIED_MAX = 5;

/**
 * The snapshot that etcd is restored from: the one that was named, or the newest that is whole. Never one whose own hash does not prove
 * it, nor one that is another than its record says (ledger R244, SAFETY 10).
 */
export const chooseSnapshot: StepPerformer<'choose_snapshot'> = async scene => {
  const { cluster } = inCluster(scene);
  const { task, ports } = scene;
  const name = cluster.config.name;
  const named = task.playbook === 'recover_etcd' ? task.snapshot : undefined;
  const there = await snapshotsOf(ports, name);
  const candidates =
    named === undefined
      ? there.filter(file => !file.name.includes(BEFORE_RECOVERY))
      : (await ports.recoveryFiles.snapshots()).filter(file => file.name === basename(named));
  const refused: string[] = [];
  for (const file of candidates.slice(0, TRIED_MAX)) {
    const found = await proved(scene, file);
    if (typeof found !== 'string') return found;
    refused.push(found);
  }
  return {
    kind: 'failed',
    code: 'NOT_FOUND',
    reason: refused[0] ?? (named === undefined ? `there is no snapshot of ${name}` : `there is no snapshot ${named}`),
    remedy: REMEDY,
    evidence: refused,
  };
};

/** The look that takes it, or why it is not taken. */
async function proved({ ports, now }: StepScene, { name, takenAt }: SnapshotFile): Promise<StepLook | string> {
  const { bytes, sha256, problem } = await ports.recoveryFiles.verify(name);
  if (problem !== undefined) return `${name}: ${problem}`;
  const recorded = (await recordedSnapshots(ports)).find(record => record.name === name);
  if (recorded && recorded.sha256 !== sha256) return `${name} is another file than was taken`;
  const minutes = Math.max(0, Math.round((now - takenAt) / 60_000));
  return {
    kind: 'done',
    reason: `${name} is whole: ${bytes} bytes, ${minutes} min old`,
    evidence: [`sha256 ${sha256}`],
    result: {
      path: join(ports.snapshotDirectory, name),
      sha256,
      bytes,
      age_minutes: minutes,
      headline: `restored from ${name}, ${minutes} min old`,
    },
  };
}
