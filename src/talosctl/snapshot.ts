import { randomUUID } from 'node:crypto';
import { access, chmod, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readSeal } from '../host/snapshot-seal.ts';
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

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Whole and sealed hash of a snapshot. Throws TalosctlError failed when it is torn or altered. */
export async function verifySnapshot(path: string): Promise<{ bytes: number; sha256: string }> {
  const { bytes, sha256, problem } = await readSeal(path);
  if (problem !== undefined) throw new TalosctlError('failed', problem);
  return { bytes, sha256 };
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
