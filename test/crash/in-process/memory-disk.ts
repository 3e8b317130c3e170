/** A disk in memory that can be copied, and that forgets at a power cut what was not synced. */
import type { FileSystem, OpenFile, PathKind } from '../../../src/division/file-system.ts';

interface Kept {
  bytes: Buffer;
  syncedBytes: Buffer;
}

/** By path; `/` is always there. */
type Names = Map<string, Kept | 'directory'>;

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code} ${path}`), { code });
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));
const EMPTY = Buffer.alloc(0);

export class MemoryDisk implements FileSystem {
  #names: Names = new Map([['/', 'directory']]);
  /** The names that a power cut leaves, as their folders had them when they were synced. */
  #syncedNames: Names = new Map(this.#names);

  /** Another disk with the same on it, as it is now. */
  copy(): MemoryDisk {
    const copies = new Map<Kept, Kept>();
    const copyOf = (node: Kept): Kept => {
      const copied = copies.get(node) ?? { ...node };
      copies.set(node, copied);
      return copied;
    };
    const copied = (names: Names): Names =>
      new Map([...names].map(([path, node]) => [path, node === 'directory' ? node : copyOf(node)]));
    const disk = new MemoryDisk();
    disk.#names = copied(this.#names);
    disk.#syncedNames = copied(this.#syncedNames);
    return disk;
  }

  /** The disk as it is found when the power is back: what is in a folder that is gone is gone too. */
  cutPower(): void {
    const found: Names = new Map([['/', 'directory']]);
    for (const [path, node] of [...this.#syncedNames].sort(([one], [other]) => (one < other ? -1 : 1))) {
      if (found.get(parentOf(path)) !== 'directory') continue;
      if (node !== 'directory') node.bytes = node.syncedBytes;
      found.set(path, node);
    }
    this.#names = found;
    this.#syncedNames = new Map(found);
  }

  create = async (path: string): Promise<OpenFile> => {
    if (this.#names.has(path)) throw systemError('EEXIST', path);
    return this.#open(path);
  };
  append = async (path: string): Promise<OpenFile> => this.#open(path);
  read = async (path: string): Promise<Buffer> => this.#file(path).bytes;
  truncate = async (path: string, length: number): Promise<void> => {
    const file = this.#file(path);
    file.bytes = file.bytes.subarray(0, length);
    file.syncedBytes = file.bytes;
  };
  rename = async (from: string, to: string): Promise<void> => {
    const file = this.#file(from);
    this.#put(to, file);
    this.#names.delete(from);
  };
  link = async (from: string, to: string): Promise<void> => {
    if (this.#names.has(to)) throw systemError('EEXIST', to);
    this.#put(to, this.#file(from));
  };
  remove = async (path: string): Promise<void> => {
    this.#file(path);
    this.#names.delete(path);
  };
  names = async (directory: string): Promise<string[]> => {
    if (this.#names.get(directory) !== 'directory') throw systemError('ENOENT', directory);
    return this.#pathsIn(this.#names, directory).map(path => path.slice(path.lastIndexOf('/') + 1));
  };
  kind = async (path: string): Promise<PathKind | undefined> => {
    const node = this.#names.get(path);
    return node === undefined || node === 'directory' ? node : 'file';
  };
  makeDirectory = async (path: string): Promise<void> => {
    if (this.#names.has(path)) throw systemError('EEXIST', path);
    this.#put(path, 'directory');
  };
  syncDirectory = async (path: string): Promise<void> => {
    for (const gone of this.#pathsIn(this.#syncedNames, path)) this.#syncedNames.delete(gone);
    for (const there of this.#pathsIn(this.#names, path)) {
      const node = this.#names.get(there);
      if (node !== undefined) this.#syncedNames.set(there, node);
    }
  };

  #open(path: string): OpenFile {
    const known = this.#names.get(path);
    if (known === 'directory') throw systemError('EISDIR', path);
    const file = known ?? { bytes: EMPTY, syncedBytes: EMPTY };
    if (known === undefined) this.#put(path, file);
    return {
      write: async bytes => {
        file.bytes = Buffer.concat([file.bytes, bytes]);
      },
      sync: async () => {
        file.syncedBytes = file.bytes;
      },
      close: async () => undefined,
    };
  }

  #put(path: string, node: Kept | 'directory'): void {
    if (this.#names.get(parentOf(path)) !== 'directory') throw systemError('ENOENT', path);
    this.#names.set(path, node);
  }

  #file(path: string): Kept {
    const node = this.#names.get(path);
    if (node === undefined || node === 'directory') throw systemError('ENOENT', path);
    return node;
  }

  #pathsIn(names: Names, directory: string): string[] {
    return [...names.keys()].filter(path => path !== '/' && parentOf(path) === directory);
  }
}
