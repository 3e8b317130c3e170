/** An etcd snapshot as it lies in the snapshot directory. */
export interface SnapshotFile {
  /** File name. */
  name: string;
  bytes: number;
  /** When it was taken, epoch milliseconds of the clusters' clock where a record says so, else the file's own time. */
  takenAt: number;
}

export interface VerifiedSnapshot {
  bytes: number;
  /** Of the whole file, so that sha256sum says the same. */
  sha256: string;
  /** Why the hash at its end does not prove it; undefined when it does. */
  problem: string | undefined;
}
