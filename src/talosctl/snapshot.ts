import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { absolutePath, type Connection, commands } from './argv.ts';
import { type AskOptions, ask, type Talosctl } from './ask.ts';
import { sync } from './durable.ts';
import { TalosctlError } from './errors.ts';
import { readSnapshotBytes } from './readers/snapshot-output.ts';

export interface SavedSnapshot {
  path: string;
  bytes: number;
  /** Of the whole file, so that sha256sum says the same. */
  sha256: string;
}

/** etcd appends the sha256 of a snapshot, whose pages are multiples of 512 bytes, to it (contractors 3.4). */
const HASH_BYTES = 32;
const PAGE_BYTES = 512;

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Whole and sealed hash of a snapshot. Throws TalosctlError failed when it is torn or altered. */
async function verifySnapshot(path: string): Promise<{ bytes: number; sha256: string }> {
  const { size } = await stat(path);
  if (size % PAGE_BYTES !== HASH_BYTES)
    throw new TalosctlError('failed', `the snapshot has ${size} bytes, so it does not end with its hash`);
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
  if (!sealed.digest().equals(seal))
    throw new TalosctlError('failed', 'the snapshot does not hash to the sha256 at its end: it is torn or altered');
  return { bytes: size, sha256: whole.digest('hex') };
}

async function saveTo(
  temporary: string,
  talosctl: Talosctl,
  connection: Connection,
  options: AskOptions,
): Promise<{ bytes: number; sha256: string }> {
  const said = readSnapshotBytes(await ask(talosctl, connection, commands.etcdSnapshot(temporary), options));
  await chmod(temporary, 0o600);
  const verified = await verifySnapshot(temporary);
  if (verified.bytes !== said)
    throw new TalosctlError('failed', `talosctl says it saved ${said} bytes, the file has ${verified.bytes}`);
  await sync(temporary);
  return verified;
}

/**
 * Saves an etcd snapshot to `path`, a new file of mode 0600, which appears there only whole, verified and on disk.
 * Throws TalosctlError; nothing is left behind then.
 */
export async function saveSnapshot(
  talosctl: Talosctl,
  connection: Connection,
  path: string,
  options: AskOptions,
): Promise<SavedSnapshot> {
  const target = absolutePath(path);
  const folder = dirname(target);
  if (!(await exists(folder)))
    throw new TalosctlError('precondition', 'the folder of the snapshot does not exist', {
      remedy: 'create snapshot_dir',
    });
  if (await exists(target))
    throw new TalosctlError('precondition', 'there is a file at the path of the snapshot', {
      remedy: 'name a new file',
    });
  const temporary = join(folder, `.${basename(target)}.${randomUUID()}.partial`);
  try {
    const saved = await saveTo(temporary, talosctl, connection, options);
    await rename(temporary, target);
    await sync(folder);
    return { path: target, ...saved };
  } finally {
    // talosctl itself writes to a file with the suffix .part first.
    await rm(temporary, { force: true });
    await rm(`${temporary}.part`, { force: true });
  }
}
