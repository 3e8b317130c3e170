import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** A path from an option, a variable or a file: `~` is the user's home, a relative path starts at `base`. */
export function resolvePath(path: string, base: string, env: NodeJS.ProcessEnv): string {
  const userHome = env.HOME || homedir();
  const expanded = path === '~' ? userHome : path.replace(/^~(?=[/\\])/, userHome);
  return resolve(base, expanded);
}

/** The path with symbolic links resolved as far as it is there. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPathOf(parent), basename(path));
  }
}

/** True when `path` is `directory` or below it, also by way of symbolic links. */
export function isInside(path: string, directory: string): boolean {
  const way = relative(realPathOf(directory), realPathOf(path));
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
}
