import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { errorCode } from '../file-system.ts';

/** What lstat(2) says of a file; another mark means that it was written, replaced or renamed since. */
export interface FileLook {
  kind: 'file' | 'link' | 'other';
  mark: string;
  size: number;
  modifiedMs: number;
  /** The later of modification and status change: a file moved here keeps an old modification time. */
  changedMs: number;
}

/** undefined when nothing is there (any more). Never follows a link. */
export async function lookAtFile(path: string): Promise<FileLook | undefined> {
  try {
    const stat = await lstat(path);
    return {
      kind: stat.isFile() ? 'file' : stat.isSymbolicLink() ? 'link' : 'other',
      mark: `${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`,
      size: stat.size,
      modifiedMs: stat.mtimeMs,
      changedMs: Math.max(stat.mtimeMs, stat.ctimeMs),
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * At most `maxBytes` + 1 bytes of a regular file, so that the reader sees that it is too large. Opened without following a link and
 * without waiting for the other end of a pipe; undefined when it is gone or no regular file.
 */
export async function readAtMost(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    const handle = await open(path, flags);
    try {
      if (!(await handle.stat()).isFile()) return undefined;
      const buffer = Buffer.alloc(maxBytes + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    throw error;
  }
}
