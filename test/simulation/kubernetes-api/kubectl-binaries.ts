import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const VERSIONED = /^kubectl\.\d+\.\d+$/;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Every kubectl of this machine: in the folders of PATH and beside what `kubectl` there leads to. Where versioned ones
 * (kubectl.1.33) exist, the plain name is left out: it may be a dispatcher that asks the server on its own.
 */
export function kubectlBinaries(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '' && existsSync(folder));
  const plain = folders.map(folder => join(folder, 'kubectl')).filter(path => existsSync(path) && isExecutable(path));
  const places = new Set(
    [...folders, ...plain.map(path => dirname(realpathSync(path)))].map(place => realpathSync(place)),
  );
  const versioned = [...places].flatMap(place =>
    readdirSync(place)
      .filter(name => VERSIONED.test(name))
      .map(name => join(place, name)),
  );
  return versioned.length > 0 ? versioned.sort() : plain.slice(0, 1);
}
