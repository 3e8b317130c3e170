import { DivisionError } from '../errors.ts';
import { errorCode } from './file-system.ts';

interface Trouble {
  what: string;
  remedy(path: string): string;
}

const TROUBLE_BY_CODE: Record<string, Trouble> = {
  ENOSPC: { what: 'the disk is full', remedy: path => `Free space on the file system that holds ${path}.` },
  EDQUOT: { what: 'the disk quota is used up', remedy: path => `Raise the quota or free space for ${path}.` },
  EACCES: { what: 'permission denied', remedy: path => `Give this user the right to read and write ${path}.` },
  EPERM: { what: 'not permitted', remedy: path => `Give this user the right to read and write ${path}.` },
  EROFS: {
    what: 'the file system is read-only',
    remedy: path => `Mount the file system of ${path} writable, or name another directory with --home.`,
  },
  EIO: { what: 'the disk reported an input/output error', remedy: path => `Check the disk that holds ${path}.` },
  ENOENT: {
    what: 'nothing can be made there',
    remedy: path => `Name a directory with --home in which this user can make files; ${path} is none.`,
  },
  ENOTDIR: {
    what: 'a part of the path is not a directory',
    remedy: path => `Move away the file in the way of ${path}, or name another directory with --home.`,
  },
  ELOOP: { what: 'it is a symbolic link', remedy: path => `Replace the link ${path} by what it should hold.` },
  EMFILE: { what: 'too many files are open', remedy: path => `Raise the limit of open files; it stopped at ${path}.` },
  ENFILE: {
    what: 'too many files are open on this machine',
    remedy: path => `Close files or raise the machine's limit; it stopped at ${path}.`,
  },
  EFBIG: { what: 'the file is too large', remedy: path => `Raise the limit of file sizes (ulimit -f) for ${path}.` },
  ESTALE: { what: 'the network disk lost the file', remedy: path => `Mount the file system of ${path} again.` },
};

/**
 * What a failed system call means to a person: INTERNAL, retry after-change, with a remedy that names the path. A DivisionError
 * passes unchanged.
 */
export function diskError(error: unknown, doing: string, path: string): DivisionError {
  if (error instanceof DivisionError) return error;
  const code = errorCode(error);
  const trouble = code === undefined ? undefined : TROUBLE_BY_CODE[code];
  const what = trouble?.what ?? 'the system refused';
  const remedy = trouble?.remedy(path) ?? `Check ${path} and the file system that holds it.`;
  return new DivisionError('INTERNAL', `cannot ${doing} ${path}: ${what}${code ? ` (${code})` : ''}`, remedy, {
    retry: 'after-change',
    cause: error,
  });
}
