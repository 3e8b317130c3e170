import { basename, join } from 'node:path';
import { HANDOFF_BYTES_MAX, readHandoff } from '../../decisions/handoff-reading.ts';
import type { HandoffFile } from '../../decisions/handoff-versions.ts';
import type { HandoffReading, UnreadableHandoff } from '../../model/handoff.ts';
import type { Clock, Log } from '../../ports.ts';
import type { FileSystem } from '../file-system.ts';
import { type HandoffPlaces, inTheWay, namesOf, peerPlace, type ReadPlace, readPlaces, shownPath } from './places.ts';
import { quarantine, quarantined } from './quarantine.ts';
import { type FileLook, lookAtFile, readAtMost } from './read-file.ts';

/** Of one folder no more unhandled files are read; the rest is counted and said. */
const FILES_MAX = 2000;
/** A file that can't be read may still be written: it is bad when nobody has touched it for so long before our eyes … */
const SETTLED_MS = 60_000;
/** … or, for a process that does not live that long, by the file's own time, which another machine's clock may have set. */
const SURELY_SETTLED_MS = 15 * 60_000;

export interface SurveyedFile extends HandoffFile {
  path: string;
  direction: ReadPlace['direction'];
  isOurs: boolean;
  /** `FILE.processed` lies beside it (D2). */
  isConsumed: boolean;
}

export interface Survey {
  files: SurveyedFile[];
  unreadable: UnreadableHandoff[];
  /** Files that were not read because there are too many. */
  leftOut: number;
}

interface FoundFile {
  path: string;
  look: FileLook;
  isConsumed: boolean;
}

interface Options {
  fs: FileSystem;
  places: HandoffPlaces;
  clock: Clock;
  log: Log;
}

/**
 * Looks at every place handoffs lie. The inbox is what the files say now: nothing is remembered that a lost message could make
 * wrong. Kept between looks is only how a file looked and what was read from it then.
 */
export class HandoffSurveyor {
  readonly #options: Options;
  #known = new Map<string, { mark: string; result: HandoffReading | string }>();
  #unsettled = new Map<string, { mark: string; sinceMs: number }>();

  constructor(options: Options) {
    this.#options = options;
  }

  async survey(): Promise<Survey> {
    const { fs, places } = this.#options;
    const survey: Survey = { files: [], unreadable: [], leftOut: 0 };
    const seen = new Set<string>();
    for (const place of readPlaces(places, await this.#peers())) await this.#surveyPlace(place, survey, seen);
    for (const path of this.#known.keys()) if (!seen.has(path)) this.#known.delete(path);
    for (const path of this.#unsettled.keys()) if (!seen.has(path)) this.#unsettled.delete(path);
    survey.unreadable.push(...(await quarantined(fs, places)));
    return survey;
  }

  async #peers(): Promise<string[]> {
    const { fs, places } = this.#options;
    const { divisions } = places;
    if (divisions === undefined) return [];
    const peers = (await namesOf(fs, divisions)).map(name => join(divisions, name));
    const others = peers.filter(peer => peer !== places.directory);
    return others.map(peer => peerPlace(divisions, peer.slice(divisions.length + 1)));
  }

  async #surveyPlace(place: ReadPlace, survey: Survey, seen: Set<string>): Promise<void> {
    const { fs, places } = this.#options;
    const obstacle = await inTheWay(fs, places.divisions ?? places.directory, place.directory);
    if (obstacle !== undefined) {
      if (!place.isOurs) return;
      const reason = 'it stands where a folder of handoffs should be, and is not followed';
      survey.unreadable.push({ file: shownPath(places, obstacle), reason, state: 'left in place' });
      return;
    }
    const names = await namesOf(fs, place.directory);
    const present = new Set(names);
    const count = { waiting: 0, consumed: 0 };
    for (const name of names.filter(candidate => place.holds(candidate))) {
      const path = join(place.directory, name);
      const look = await lookAtFile(path);
      if (look === undefined || look.kind === 'other') continue;
      seen.add(path);
      const isConsumed = present.has(`${name}.processed`) && (await this.#isConsumed(path, look, `${path}.processed`));
      const kind = isConsumed ? 'consumed' : 'waiting';
      count[kind] += 1;
      if (count[kind] <= FILES_MAX) await this.#surveyFile(place, { path, look, isConsumed }, survey);
    }
    survey.leftOut += Math.max(0, count.waiting - FILES_MAX);
  }

  async #surveyFile(place: ReadPlace, { path, look, isConsumed }: FoundFile, survey: Survey): Promise<void> {
    const result = look.kind === 'link' ? 'it is a symbolic link, which is not followed' : await this.#read(path, look);
    if (result === undefined) return;
    if (typeof result === 'string') {
      if (!isConsumed) await this.#noteUnreadable(survey, place, path, look, result);
      return;
    }
    const { direction, isOurs } = place;
    const source = shownPath(this.#options.places, path);
    survey.files.push({ path, source, reading: result, writtenAtMs: look.modifiedMs, direction, isOurs, isConsumed });
  }

  /**
   * Consumed, unless the file was replaced after it was marked: then the mark is of what lay there before, which an empty mark
   * can't tell.
   */
  async #isConsumed(path: string, look: FileLook, marker: string): Promise<boolean> {
    const mark = await lookAtFile(marker);
    if (mark === undefined) return false;
    if (mark.kind !== 'file' || mark.size === 0 || look.changedMs <= mark.changedMs) return true;
    const [now, before] = [await this.#read(path, look), await this.#read(marker, mark)];
    if (now === undefined || before === undefined || typeof now === 'string' || typeof before === 'string')
      return false;
    return now.hash === before.hash;
  }

  /** What was read, or why nothing was; undefined when the file went away meanwhile. */
  async #read(path: string, look: FileLook): Promise<HandoffReading | string | undefined> {
    const known = this.#known.get(path);
    if (known?.mark === look.mark) return known.result;
    let result: HandoffReading | string;
    try {
      const bytes = await readAtMost(path, HANDOFF_BYTES_MAX);
      if (bytes === undefined) return undefined;
      result = readHandoff(bytes, basename(path));
    } catch {
      return 'the disk does not give it';
    }
    this.#known.set(path, { mark: look.mark, result });
    return result;
  }

  /** What is put aside here is found in quarantine at the end of the survey. */
  async #noteUnreadable(survey: Survey, place: ReadPlace, path: string, look: FileLook, reason: string): Promise<void> {
    const { fs, places, log } = this.#options;
    const file = shownPath(places, path);
    const isMovable = place.isOurs && place.direction === 'incoming' && this.#known.get(path)?.result === reason;
    if (isMovable && this.#isSettled(path, look)) {
      try {
        await quarantine(fs, places, path, reason, log);
        return;
      } catch (error) {
        log.error('handoffs.quarantine_failed', { file, error });
      }
    }
    survey.unreadable.push({ file, reason, state: isMovable ? 'perhaps being written' : 'left in place' });
  }

  #isSettled(path: string, look: FileLook): boolean {
    const nowMs = this.#options.clock.now();
    const before = this.#unsettled.get(path);
    const sinceMs = before?.mark === look.mark ? before.sinceMs : nowMs;
    this.#unsettled.set(path, { mark: look.mark, sinceMs });
    return nowMs - sinceMs >= SETTLED_MS || nowMs - look.modifiedMs >= SURELY_SETTLED_MS;
  }
}
