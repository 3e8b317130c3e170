import type { SnapshotFile, VerifiedSnapshot } from '../model/snapshot.ts';

/** The files a cluster is rebuilt from. They hold secrets: names, sizes and hashes leave here, contents never do. */
export interface RecoveryFiles {
  /** Every regular file of the snapshot directory; none when there is no such directory. [INTERNAL when the disk refuses] */
  snapshots(): Promise<SnapshotFile[]>;
  /** Reads a snapshot to its end. [NOT_FOUND, INTERNAL when the disk refuses] */
  verify(name: string): Promise<VerifiedSnapshot>;
  /** Names of the files in the secrets directory. [INTERNAL when the disk refuses] */
  secretNames(): Promise<string[]>;
}
