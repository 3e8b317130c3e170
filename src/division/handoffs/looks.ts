import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { HANDOFF_BYTES_MAX, readHandoff } from '../../decisions/handoff-reading.ts';
import { type HandoffPlaces, handoffPlaces, peerPlace, readPlaces, safeFileStem } from './places.ts';
import { handoffOfStepFile } from './step-records.ts';

const PROCESSED = /\.processed$/;

/** Names in a folder; none where a part of its path below `root` is a link. */
function namesOf(root: string, directory: string): string[] {
  try {
    let path = root;
    for (const part of relative(root, directory).split(sep).filter(Boolean)) {
      path = join(path, part);
      if (!lstatSync(path).isDirectory()) return [];
    }
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function lookAt(path: string): string | undefined {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat?.isFile() ? `${stat.ino}:${stat.size}:${stat.mtimeNs}` : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(file).isFile()) return undefined;
      const buffer = Buffer.alloc(HANDOFF_BYTES_MAX + 1);
      return buffer.subarray(0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/**
 * How everything about handoffs looks now, by gm:// address, for ChangeFeed: gm://handoffs/{incoming,outgoing} and one address a
 * handoff. An id mostly is the file's name; where it is not it is read once from each file that changed.
 */
export class HandoffLooks {
  readonly #places: HandoffPlaces;
  #ids = new Map<string, { look: string; id: string }>();

  constructor(directory: string) {
    this.#places = handoffPlaces(directory);
  }

  /** Folders whose changes bring the next look forward. */
  get watched(): string[] {
    return [this.#places.root];
  }

  /** Calls `note` with each address and what it now depends on; synchronous, never throws. */
  look(note: (address: string, look: string) => void): void {
    const { divisions, directory, handled, quarantine } = this.#places;
    const root = divisions ?? directory;
    const others =
      divisions === undefined ? [] : namesOf(divisions, divisions).filter(name => join(divisions, name) !== directory);
    const peers = others.map(name => peerPlace(root, name));
    const lists = { incoming: [] as string[], outgoing: [] as string[] };
    const byHandoff = new Map<string, string[]>();
    const ids = new Map<string, { look: string; id: string }>();
    const add = (direction: 'incoming' | 'outgoing', id: string, look: string) => {
      lists[direction].push(look);
      byHandoff.set(id, [...(byHandoff.get(id) ?? []), look]);
    };
    for (const folder of readPlaces(this.#places, peers)) {
      for (const name of namesOf(root, folder.directory)) {
        if (!folder.holds(name.replace(PROCESSED, ''))) continue;
        const path = join(folder.directory, name);
        const look = lookAt(path);
        if (look === undefined) continue;
        const id = this.#idOf(path, look);
        ids.set(path, { look, id });
        add(folder.direction, id, `${path} ${look}`);
      }
    }
    for (const name of namesOf(root, handled)) {
      const id = handoffOfStepFile(name);
      if (id !== undefined && name.endsWith('.json')) add('incoming', id, name);
    }
    lists.incoming.push(...namesOf(root, quarantine));
    this.#ids = ids;
    for (const [name, looks] of [...Object.entries(lists), ...byHandoff]) {
      if (looks.length > 0) note(`gm://handoffs/${name}`, looks.sort().join('\n'));
    }
  }

  /** A file that can't be read, or not yet, is called by its name. */
  #idOf(path: string, look: string): string {
    const known = this.#ids.get(path);
    if (known?.look === look) return known.id;
    const name = basename(path).replace(PROCESSED, '');
    const bytes = bytesOf(path);
    const reading = bytes === undefined ? undefined : readHandoff(bytes, name);
    return reading === undefined || typeof reading === 'string' ? (known?.id ?? safeFileStem(name)) : reading.id;
  }
}
