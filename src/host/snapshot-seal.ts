import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** etcd appends the sha256 of a snapshot, whose pages are multiples of 512 bytes, to it (contractors 3.4). */
const HASH_BYTES = 32;
const PAGE_BYTES = 512;

export interface SnapshotSeal {
  bytes: number;
  /** Of the whole file, so that sha256sum says the same. */
  sha256: string;
  /** Why the hash at its end does not prove it; undefined when it does. */
  problem: string | undefined;
}

/** Reads a snapshot once, however large, and says whether it hashes to the sha256 at its end. Throws what the disk says. */
export async function readSeal(path: string): Promise<SnapshotSeal> {
  const { size } = await stat(path);
  const whole = createHash('sha256');
  const sealed = createHash('sha256');
  let position = 0;
  let seal = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const sealStart = Math.max(0, Math.min(chunk.length, size - HASH_BYTES - position));
    whole.update(chunk);
    sealed.update(chunk.subarray(0, sealStart));
    seal = Buffer.concat([seal, chunk.subarray(sealStart)]);
    position += chunk.length;
  }
  const read = { bytes: size, sha256: whole.digest('hex') };
  if (size % PAGE_BYTES !== HASH_BYTES)
    return { ...read, problem: `the snapshot has ${size} bytes, so it does not end with its hash` };
  if (!sealed.digest().equals(seal))
    return { ...read, problem: 'the snapshot does not hash to the sha256 at its end: it is torn or altered' };
  return { ...read, problem: undefined };
}
