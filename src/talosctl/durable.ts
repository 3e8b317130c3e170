import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes what was written to a file or folder survive a power loss. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function isTaken(error: unknown): boolean {
  return codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTEMPTY';
}

/** A folder for us alone; its parents as needed. */
export async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstMade !== undefined) await sync(dirname(firstMade));
}

/** Replaces a file in one step, on disk when this returns. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeSynced(temporary, text);
  await rename(temporary, path);
  await sync(dirname(path));
}

/** Creates a file with its whole content in one step; false when it is there already. On disk when this returns. */
export async function claimFile(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeSynced(temporary, text);
  try {
    await link(temporary, path);
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await sync(dirname(path));
  return true;
}

/**
 * Creates a folder that holds one file in one step; false when it is there already. A rename onto a folder that is not
 * empty is refused by the system, so of any number of processes one succeeds. On disk when this returns.
 */
export async function claimFolder(path: string, file: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await mkdir(temporary, { mode: 0o700 });
  await writeSynced(join(temporary, file), text);
  await sync(temporary);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (isTaken(error)) return false;
    throw error;
  }
  await sync(dirname(path));
  return true;
}

/**
 * Moves a folder that is not empty in one step; false when the other place is taken by one already, or this one is gone. With a
 * place named after the folder's content, of any number of processes that saw this content one moves it, and none moves what has
 * come since. On disk when this returns.
 */
export async function moveFolder(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
  } catch (error) {
    if (isTaken(error) || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  await sync(dirname(to));
  await sync(dirname(from));
  return true;
}
