import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { BadRequest } from './bad-request.ts';
import { itemText } from './kubernetes-api/serialise.ts';
import type { KubeObject } from './world/store.ts';
import type { SavedWorld, WorldImage } from './world/world.ts';
import { restoreWorld } from './world/world.ts';

/** At most so often, wall ms. */
const SAVE_EVERY_MS = 500;
/** Saving takes at most this share of the time: a large world is saved less often. */
const SAVING_SHARE = 0.05;
const CHUNK_CHARACTERS = 2 ** 18;
/** A large world is written in slices of about this length, so long apart (wall ms). */
const SLICE_MS = 5;
const PAUSE_MS = 10;

/** JSON of a stored object, members in the order every object is made with. */
const textOfObject = (object: KubeObject): string =>
  `{"apiVersion":${JSON.stringify(object.apiVersion)},"kind":${JSON.stringify(object.kind)},${itemText(object).slice(1)}`;

/**
 * The world's file content in pieces, much as JSON.stringify would write it. What may change is read before the first
 * piece; the rest are objects, which never do.
 */
export function* worldTexts(image: WorldImage): Generator<string> {
  const { clusters, ...world } = image;
  const heads = clusters.map(cluster => {
    const { store: _, ...rest } = cluster;
    return JSON.stringify(rest).slice(0, -1);
  });
  const tables = clusters.map(({ store }) => [store.resource_version, Object.entries(store.objects)] as const);
  yield `${JSON.stringify(world).slice(0, -1)},"clusters":[`;
  for (const [index, [resourceVersion, entries]] of tables.entries()) {
    yield `${index === 0 ? '' : ','}${heads[index] ?? ''},"store":{"resource_version":${resourceVersion},"objects":{`;
    let isFirstTable = true;
    for (const [resource, objects] of entries) {
      yield `${isFirstTable ? '' : ','}${JSON.stringify(resource)}:[`;
      isFirstTable = false;
      for (const [position, object] of objects.entries()) yield `${position === 0 ? '' : ','}${textOfObject(object)}`;
      yield ']';
    }
    yield '}}}';
  }
  yield ']}\n';
}

/** The world saved in a file; undefined when there is none. Throws BadRequest for a file that is no world. */
export function loadWorld(path: string): SavedWorld | undefined {
  if (!existsSync(path)) return undefined;
  let image: WorldImage;
  try {
    image = JSON.parse(readFileSync(path, 'utf8')) as WorldImage;
    if (image.format !== 2) throw new Error(`format ${String(image.format)}`);
    return restoreWorld(image);
  } catch (error) {
    throw new BadRequest(
      `${path} is no saved world: ${(error as Error).message}`,
      'remove the file to start a new fleet',
    );
  }
}

/** A file that is written piece by piece beside its place, and takes it at once when it is whole. */
class Draft {
  readonly mark: string;
  readonly #path: string;
  readonly #texts: Iterator<string>;
  readonly #file: number;

  constructor(path: string, world: SavedWorld) {
    this.mark = world.mark();
    this.#path = path;
    this.#texts = worldTexts(world.image());
    this.#file = openSync(`${path}.new`, 'w', 0o600);
  }

  /** Writes for about so long; true when it is whole and in its place. */
  goOn(wallMs: number): boolean {
    const end = performance.now() + wallMs;
    do {
      let chunk = '';
      let next = this.#texts.next();
      for (; next.done !== true; next = this.#texts.next()) {
        chunk += next.value;
        if (chunk.length >= CHUNK_CHARACTERS) break;
      }
      writeSync(this.#file, chunk);
      if (next.done !== true) continue;
      closeSync(this.#file);
      renameSync(`${this.#path}.new`, this.#path);
      return true;
    } while (performance.now() < end);
    return false;
  }

  drop(): void {
    closeSync(this.#file);
  }
}

/** Keeps a world's file up to date, each time as a whole; between the pieces of a large one others get their turn. */
export class WorldFile {
  readonly #path: string;
  readonly #world: SavedWorld;
  #timer: NodeJS.Timeout | undefined;
  #draft: Draft | undefined;
  #spentMs = 0;
  #savedMark = '';

  constructor(path: string, world: SavedWorld) {
    this.#path = path;
    this.#world = world;
    this.#plan(0);
  }

  /** Stops; writes the file when anything has changed since. */
  close(): void {
    clearTimeout(this.#timer);
    this.#draft?.drop();
    if (this.#world.mark() !== this.#savedMark) new Draft(this.#path, this.#world).goOn(Number.POSITIVE_INFINITY);
  }

  #plan(wallMs: number): void {
    this.#timer = setTimeout(() => this.#save(), wallMs);
    this.#timer.unref();
  }

  #save(): void {
    const startMs = performance.now();
    if (this.#draft === undefined && this.#world.mark() === this.#savedMark) {
      this.#plan(SAVE_EVERY_MS);
      return;
    }
    this.#draft ??= new Draft(this.#path, this.#world);
    const isWhole = this.#draft.goOn(SLICE_MS);
    this.#spentMs += performance.now() - startMs;
    if (isWhole) {
      this.#savedMark = this.#draft.mark;
      this.#draft = undefined;
      this.#plan(Math.max(SAVE_EVERY_MS, this.#spentMs / SAVING_SHARE));
      this.#spentMs = 0;
    } else this.#plan(PAUSE_MS);
  }
}
