import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { BadRequest } from './bad-request.ts';
import type { KubeObject } from './world/store.ts';
import type { SavedWorld, WorldImage } from './world/world.ts';
import { restoreWorld } from './world/world.ts';

/** At most so often, wall ms. */
const SAVE_EVERY_MS = 500;
/** Saving takes at most this share of the time: a large world is saved less often. */
const SAVING_SHARE = 0.05;
const CHUNK_CHARACTERS = 2 ** 20;

const objectTexts = new WeakMap<KubeObject, string>();

/** JSON of a stored object; objects never change, so each is written out once. */
function textOfObject(object: KubeObject): string {
  const known = objectTexts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  objectTexts.set(object, text);
  return text;
}

/** The world's file content in pieces: as JSON.stringify would write it, an object's text being kept from save to save. */
export function* worldTexts(image: WorldImage): Generator<string> {
  yield `{"format":${image.format},"timeline":${JSON.stringify(image.timeline)},"clusters":[`;
  for (const [index, { store, ...rest }] of image.clusters.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(rest).slice(0, -1)},"store":{`;
    yield `"resource_version":${store.resource_version},"objects":{`;
    let isFirstTable = true;
    for (const [resource, objects] of Object.entries(store.objects)) {
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
    if (image.format !== 1) throw new Error(`format ${String(image.format)}`);
    return restoreWorld(image);
  } catch (error) {
    throw new BadRequest(
      `${path} is no saved world: ${(error as Error).message}`,
      'remove the file to start a new fleet',
    );
  }
}

function write(path: string, texts: Iterable<string>): void {
  const file = openSync(path, 'w', 0o600);
  try {
    let chunk = '';
    for (const text of texts) {
      chunk += text;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      writeSync(file, chunk);
      chunk = '';
    }
    writeSync(file, chunk);
  } finally {
    closeSync(file);
  }
}

/** Keeps a world's file up to date, each time as a whole: written beside it and renamed. */
export class WorldFile {
  readonly #path: string;
  readonly #world: SavedWorld;
  #timer: NodeJS.Timeout | undefined;
  #savedMark = '';

  constructor(path: string, world: SavedWorld) {
    this.#path = path;
    this.#world = world;
    this.#plan(0);
  }

  /** Writes the file when anything has changed since. */
  save(): void {
    const mark = this.#world.mark();
    if (mark === this.#savedMark) return;
    write(`${this.#path}.new`, worldTexts(this.#world.image()));
    renameSync(`${this.#path}.new`, this.#path);
    this.#savedMark = mark;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.save();
  }

  #plan(lastMs: number): void {
    this.#timer = setTimeout(
      () => {
        const startMs = performance.now();
        this.save();
        this.#plan(performance.now() - startMs);
      },
      Math.max(SAVE_EVERY_MS, lastMs / SAVING_SHARE),
    );
    this.#timer.unref();
  }
}
