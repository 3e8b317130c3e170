import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';

export type PathKind = 'file' | 'directory' | 'symlink' | 'other';

/** A file open for appending. */
export interface OpenFile {
  /** One write(2) at the end of the file; throws when not every byte was taken. */
  write(bytes: Uint8Array): Promise<void>;
  /** fdatasync(2). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What the division asks of a disk, one system call a method, so that a test can put a disk underneath that forgets what was
 * not synced. Errors are Node's own, with `code`. No method follows a symbolic link in the last part of a path.
 */
export interface FileSystem {
  /** Makes a new file (0600); EEXIST when there is one. */
  create(path: string): Promise<OpenFile>;
  /** Opens for appending, making the file (0600) when there is none. */
  append(path: string): Promise<OpenFile>;
  read(path: string): Promise<Buffer>;
  /** Cuts to `length` bytes and syncs. */
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** link(2): EEXIST when `to` is there. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  names(directory: string): Promise<string[]>;
  /** undefined when nothing is there. */
  kind(path: string): Promise<PathKind | undefined>;
  /** One level, 0700; EEXIST when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** fsync(2) of a folder: what was made, renamed or removed in it stays so. */
  syncDirectory(path: string): Promise<void>;
}

/** The `code` of a system error, e.g. ENOENT; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function shortWrite(path: string): Error {
  return Object.assign(new Error(`short write to ${path}`), { code: 'ENOSPC' });
}

async function openForWriting(path: string, flags: number): Promise<OpenFile> {
  const handle = await fs.open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | flags, 0o600);
  return {
    async write(bytes) {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length);
      if (bytesWritten !== bytes.length) throw shortWrite(path);
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function withHandle<Result>(
  path: string,
  flags: number,
  use: (handle: fs.FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await fs.open(path, flags);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** The real disk. */
export const diskFileSystem: FileSystem = {
  create: path => openForWriting(path, constants.O_CREAT | constants.O_EXCL),
  append: path => openForWriting(path, constants.O_CREAT),
  read: path => withHandle(path, constants.O_RDONLY | constants.O_NOFOLLOW, handle => handle.readFile()),
  truncate: (path, length) =>
    withHandle(path, constants.O_RDWR | constants.O_NOFOLLOW, async handle => {
      await handle.truncate(length);
      await handle.sync();
    }),
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  remove: path => fs.unlink(path),
  names: directory => fs.readdir(directory),
  async kind(path) {
    try {
      const stat = await fs.lstat(path);
      if (stat.isFile()) return 'file';
      if (stat.isDirectory()) return 'directory';
      return stat.isSymbolicLink() ? 'symlink' : 'other';
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  makeDirectory: path => fs.mkdir(path, { mode: 0o700 }),
  syncDirectory: path => withHandle(path, constants.O_RDONLY, handle => handle.sync()),
};
