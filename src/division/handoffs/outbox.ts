import { createHash, randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type ComposedHandoff, composeHandoff, taskCandidate } from '../../decisions/handoff-draft.ts';
import { DivisionError } from '../../errors.ts';
import { HandoffDraft } from '../../model/handoff.ts';
import type { SentHandoff } from '../../ports/handoffs.ts';
import type { FileSystem } from '../file-system.ts';
import { readRecord } from '../record-file.ts';
import { createOnce, removeSynced } from './create-once.ts';
import { type HandoffPlaces, inTheWay, namesOf, shownPath } from './places.ts';
import { readAtMost } from './read-file.ts';

/** More handoffs about one task are a fault of whoever sends them. */
const NUMBERS_MAX = 2000;
const SENT_BYTES_MAX = 256 * 1024;
const DRAFT_FILE = /^[0-9a-f-]{36}\.json$/;

/** The same for the same reason, in the form that `DRAFT_FILE` takes. */
const draftName = (once: string): string =>
  createHash('sha256')
    .update(once)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/**
 * Writes what we send, whole or not at all and over nothing that is there. The draft is kept in sending/ until every copy is on
 * disk; what is sent follows from the draft alone, so that doing it again after a crash writes what is missing and nothing twice.
 */
export class Outbox {
  readonly #fs: FileSystem;
  readonly #places: HandoffPlaces;

  constructor(fs: FileSystem, places: HandoffPlaces) {
    this.#fs = fs;
    this.#places = places;
  }

  /** @throws DivisionError OPERATION_CONFLICT when no name is free, INTERNAL when the disk refuses or a link is in the way */
  async send(draft: HandoffDraft, once?: string): Promise<SentHandoff> {
    const parsed = HandoffDraft.parse(draft);
    const path = join(this.#places.sending, `${once === undefined ? randomUUID() : draftName(once)}.json`);
    await this.#assertReal(path);
    const isNew = await createOnce(this.#fs, path, `${JSON.stringify(parsed)}\n`);
    // What was begun for the same reason is gone on with: its text follows from its draft alone.
    const begun = isNew ? undefined : await readRecord(this.#fs, path, HandoffDraft);
    const sent = await this.deliver(begun ?? parsed);
    await removeSynced(this.#fs, path);
    return sent;
  }

  /** Names of the drafts that are being sent, or were left behind. */
  async underWay(): Promise<string[]> {
    return (await namesOf(this.#fs, this.#places.sending)).filter(name => DRAFT_FILE.test(name));
  }

  /** Sends one of them to its end if nobody else is at it any more. @throws DivisionError as `send`, RECORD_CORRUPT */
  async finish(name: string, isAbandoned: (at: string) => boolean): Promise<void> {
    const path = join(this.#places.sending, name);
    const draft = await readRecord(this.#fs, path, HandoffDraft);
    if (draft === undefined || !isAbandoned(draft.created_at)) return;
    await this.deliver(draft);
    await removeSynced(this.#fs, path);
  }

  /** Writes every copy of the draft that is not there yet. The file in outgoing/ decides which of two writers has an id. */
  async deliver(draft: HandoffDraft): Promise<SentHandoff> {
    const { outgoing, root } = this.#places;
    await this.#assertReal(join(outgoing, 'x'));
    const taken = new Set([...(await namesOf(this.#fs, outgoing)), ...(await namesOf(this.#fs, root))]);
    for (let index = 0; index < NUMBERS_MAX; index += 1) {
      const composed = composeHandoff(draft, taskCandidate(draft, index));
      const name = `${composed.id}.json`;
      const isTaken = taken.has(name) || taken.has(`${name}.processed`);
      if (isTaken ? await this.#isSent(name, composed.text) : await this.#claim(name, composed.text)) {
        return this.#copy(draft, composed);
      }
    }
    throw new DivisionError(
      'OPERATION_CONFLICT',
      `there are ${NUMBERS_MAX} handoffs of this name`,
      'give a task_id of its own',
    );
  }

  /** True when this very handoff has that name already: an attempt before this one came so far. */
  async #isSent(name: string, text: string): Promise<boolean> {
    const path = join(this.#places.outgoing, name);
    return (await this.#holds(path, text)) || (await this.#holds(`${path}.processed`, text));
  }

  async #claim(name: string, text: string): Promise<boolean> {
    const path = join(this.#places.outgoing, name);
    return (await createOnce(this.#fs, path, text)) || this.#holds(path, text);
  }

  async #holds(path: string, text: string): Promise<boolean> {
    const bytes = await readAtMost(path, SENT_BYTES_MAX);
    return bytes !== undefined && Buffer.from(bytes).equals(Buffer.from(text, 'utf8'));
  }

  async #copy(draft: HandoffDraft, { id, task, text }: ComposedHandoff): Promise<SentHandoff> {
    const { outgoing, root, escalations, masters } = this.#places;
    const copies = [join(root, `${id}.json`)];
    if (draft.to.kind === 'prime' && escalations !== undefined) copies.push(join(escalations, `${id}.json`));
    const paths = [join(outgoing, `${id}.json`)];
    for (const path of copies) {
      await this.#layCopy(path, text);
      paths.push(path);
    }
    if (draft.to.kind === 'master' && masters !== undefined) {
      paths.push(await this.#layForMaster(masters, draft.to.name, { id, task, text }));
    }
    return { handoffId: id, paths: paths.map(path => shownPath(this.#places, path)), isRedacted: false };
  }

  /** Unless its reader has marked it as processed: then it was there. False when something else has that name. */
  async #layCopy(path: string, text: string): Promise<boolean> {
    await this.#assertReal(path);
    const names = await namesOf(this.#fs, dirname(path));
    if (names.includes(`${basename(path)}.processed`)) return this.#holds(`${path}.processed`, text);
    return (await createOnce(this.#fs, path, text)) || this.#holds(path, text);
  }

  /** The masters' scripts take to-MASTER-*.json; a task of somebody else's that has the name keeps it (D1). */
  async #layForMaster(masters: string, master: string, { id, task, text }: ComposedHandoff): Promise<string> {
    const path = join(masters, `to-${master}-${task}.json`);
    if (await this.#layCopy(path, text)) return path;
    const other = join(masters, `to-${master}-${id}.json`);
    await this.#layCopy(other, text);
    return other;
  }

  /** Nothing is written through a link that somebody laid in the way. */
  async #assertReal(path: string): Promise<void> {
    const root = this.#places.coordination ?? this.#places.directory;
    const obstacle = await inTheWay(this.#fs, root, dirname(path));
    if (obstacle === undefined) return;
    throw new DivisionError(
      'INTERNAL',
      `${shownPath(this.#places, obstacle)} is no folder, and is not followed`,
      'replace it by a folder, then call again',
      { retry: 'after-change' },
    );
  }
}
