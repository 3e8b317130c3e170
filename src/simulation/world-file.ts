import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { BadRequest } from './bad-request.ts';
import type { KubeObject } from './world/store.ts';
import type { SavedWorld, WorldImage } from './world/world.ts';
import { restoreWorld } from './world/world.ts';

/** At most so often, wall ms. */
const SAVE_EVERY_MS = 500;

const objectTexts = new WeakMap<KubeObject, string>();

/** JSON of a stored object; objects never change, so each is written out once. */
function textOfObject(object: KubeObject): string {
  const known = objectTexts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  objectTexts.set(object, text);
  return text;
}

/** The world's file content: as JSON.stringify would write it, an object's text being kept from save to save. */
export function textOfWorld(image: WorldImage): string {
  const clusters = image.clusters.map(({ store, ...rest }) => {
    const tables = Object.entries(store.objects).map(
      ([resource, objects]) => `${JSON.stringify(resource)}:[${objects.map(textOfObject).join(',')}]`,
    );
    const storeText = `{"resource_version":${store.resource_version},"objects":{${tables.join(',')}}}`;
    return `${JSON.stringify(rest).slice(0, -1)},"store":${storeText}}`;
  });
  return `{"format":${image.format},"timeline":${JSON.stringify(image.timeline)},"clusters":[${clusters.join(',')}]}\n`;
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

/** Keeps a world's file up to date, each time as a whole: written beside it and renamed. */
export class WorldFile {
  readonly #path: string;
  readonly #world: SavedWorld;
  readonly #timer: NodeJS.Timeout;
  #saved = '';

  constructor(path: string, world: SavedWorld) {
    this.#path = path;
    this.#world = world;
    this.#timer = setInterval(() => this.save(), SAVE_EVERY_MS);
    this.#timer.unref();
  }

  /** Writes the file when anything has changed since. */
  save(): void {
    const text = textOfWorld(this.#world.image());
    if (text === this.#saved) return;
    writeFileSync(`${this.#path}.new`, text, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#saved = text;
  }

  close(): void {
    clearInterval(this.#timer);
    this.save();
  }
}
