import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { HANDOFF_BYTES_MAX, readHandoff } from '../../decisions/handoff-reading.ts';
import type { UnreadableHandoff } from '../../model/handoff.ts';
import type { Log } from '../../ports.ts';
import { ensureDirectory, writeAtomically } from '../atomic-file.ts';
import { errorCode, type FileSystem } from '../file-system.ts';
import { type HandoffPlaces, namesOf, safeFileStem, shownPath } from './places.ts';
import { readAtMost } from './read-file.ts';

const REASON = '.reason.txt';
const REASON_BYTES_MAX = 500;
const SHOWN_MAX = 200;

/**
 * Puts a file that can't be read out of the inbox, the reason beside it. It gets a name of its own, so that nothing there is
 * overwritten. What a sender laid in its place in that very moment is put back.
 */
export async function quarantine(
  fs: FileSystem,
  places: HandoffPlaces,
  path: string,
  reason: string,
  log: Log,
): Promise<void> {
  const name = `${safeFileStem(basename(path)).slice(0, 100)}.${randomBytes(4).toString('hex')}.json`;
  const place = join(places.quarantine, name);
  await ensureDirectory(fs, places.quarantine);
  await writeAtomically(fs, `${place}${REASON}`, `${reason}\n`);
  try {
    await fs.rename(path, place);
  } catch (error) {
    await fs.remove(`${place}${REASON}`);
    // Another process was first, or the sender took it back.
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const bytes = await readAtMost(place, HANDOFF_BYTES_MAX);
  if (bytes !== undefined && typeof readHandoff(bytes, basename(path)) !== 'string') {
    await putBack(fs, place, path);
    return;
  }
  await fs.syncDirectory(places.quarantine);
  log.warn('handoffs.quarantined', { place: shownPath(places, place), reason });
}

async function putBack(fs: FileSystem, place: string, path: string): Promise<void> {
  try {
    await fs.link(place, path);
  } catch (error) {
    // A third one lies there by now: this one stays, and is seen, in quarantine.
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  await fs.remove(place);
  await fs.remove(`${place}${REASON}`);
}

/** The newest of what lies in quarantine, with the reasons as they were written down. */
export async function quarantined(fs: FileSystem, places: HandoffPlaces): Promise<UnreadableHandoff[]> {
  const names = await namesOf(fs, places.quarantine);
  const present = new Set(names);
  const found: UnreadableHandoff[] = [];
  for (const name of names.filter(candidate => present.has(`${candidate}${REASON}`)).slice(0, SHOWN_MAX)) {
    const bytes = await readAtMost(join(places.quarantine, `${name}${REASON}`), REASON_BYTES_MAX);
    const reason = Buffer.from(bytes ?? [])
      .toString('utf8')
      .trim();
    found.push({ file: shownPath(places, join(places.quarantine, name)), reason, state: 'quarantined' });
  }
  return found;
}
