import { basename, dirname, join, relative, sep } from 'node:path';
import { safeHandoffId } from '../../decisions/handoff-reading.ts';
import { errorCode, type FileSystem } from '../file-system.ts';

/** Where handoffs lie (CONTRACT, Division directory; ledger R161, D1, D8). */
export function handoffPlaces(directory: string) {
  const root = join(directory, 'handoffs');
  const divisions = dirname(directory);
  /** Undefined where the division stands alone, outside a coordination tree. */
  const coordination = basename(divisions) === 'divisions' ? dirname(divisions) : undefined;
  return {
    directory,
    root,
    incoming: join(root, 'incoming'),
    outgoing: join(root, 'outgoing'),
    /** Ours: what was decided about each received handoff, drafts being sent, files that could not be read. */
    handled: join(root, 'handled'),
    sending: join(root, 'sending'),
    quarantine: join(root, 'quarantine'),
    coordination,
    divisions: coordination === undefined ? undefined : divisions,
    escalations: coordination === undefined ? undefined : join(coordination, 'escalations'),
    masters: coordination === undefined ? undefined : join(coordination, 'masters', 'coordinator', 'handoffs'),
  } as const;
}
export type HandoffPlaces = ReturnType<typeof handoffPlaces>;

/** A path as people are told it: relative to the coordination folder, with slashes. */
export const shownPath = (places: HandoffPlaces, path: string): string =>
  relative(places.coordination ?? places.directory, path)
    .split(sep)
    .join('/');

/** A folder that is read, and which of its files are handoffs of that direction. */
export interface ReadPlace {
  directory: string;
  direction: 'incoming' | 'outgoing';
  /** Bad files are put aside only in a folder of ours. */
  isOurs: boolean;
  holds(name: string): boolean;
}

const isJson = (name: string): boolean => name.endsWith('.json') && !name.startsWith('.');
const isOurFlatName = (name: string): boolean => isJson(name) && name.startsWith('containers-to-');
const isFlatNameForUs = (name: string): boolean =>
  isJson(name) && !isOurFlatName(name) && (/-to-containers[-.]/.test(name) || name.startsWith('alert-'));

/** The folders of our own directory; `peers` are the other divisions' folders for us, which a survey finds. */
export function readPlaces(places: HandoffPlaces, peers: readonly string[]): ReadPlace[] {
  const { root, incoming, outgoing } = places;
  return [
    { directory: incoming, direction: 'incoming', isOurs: true, holds: isJson },
    { directory: root, direction: 'incoming', isOurs: true, holds: isFlatNameForUs },
    { directory: outgoing, direction: 'outgoing', isOurs: true, holds: isJson },
    { directory: root, direction: 'outgoing', isOurs: true, holds: isOurFlatName },
    ...peers.map(directory => ({ directory, direction: 'incoming' as const, isOurs: false, holds: isJson })),
  ];
}

/** Where another division lays what is for us. */
export const peerPlace = (divisions: string, peer: string): string => join(divisions, peer, 'handoffs', 'containers');

/** The first part of `path` below `root` that is there and is no folder (a link, a file); undefined when none is in the way. */
export async function inTheWay(fs: FileSystem, root: string, path: string): Promise<string | undefined> {
  let current = root;
  for (const part of relative(root, path).split(sep)) {
    current = join(current, part);
    const kind = await fs.kind(current);
    if (kind === undefined) return undefined;
    if (kind !== 'directory') return current;
  }
  return undefined;
}

/** Names in a folder, sorted; none where there is no folder. Other errors are thrown as they are. */
export async function namesOf(fs: FileSystem, directory: string): Promise<string[]> {
  try {
    return (await fs.names(directory)).sort();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/** A file's own name where it may be one of ours, else the mark of it. */
export const safeFileStem = (name: string): string => safeHandoffId(name.replace(/\.json$/, ''));
