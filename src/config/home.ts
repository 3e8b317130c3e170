import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { configError } from './config-error.ts';
import { resolvePath } from './paths.ts';

interface HomeOptions {
  /** --home */
  home: string | undefined;
  env: NodeJS.ProcessEnv;
  simulated: boolean;
  temporaryDirectory: string | undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

/** The path itself, or the nearest part of it that is there. */
async function nearestExisting(path: string): Promise<string> {
  try {
    await fs.stat(path);
    return path;
  } catch (error) {
    const parent = dirname(path);
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    return nearestExisting(parent);
  }
}

async function checkWritable(home: string, namedBy: string): Promise<void> {
  try {
    const existing = await nearestExisting(home);
    if (!(await fs.stat(existing)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await fs.access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw configError(
      `can't write to ${home}, named by ${namedBy} (${codeOf(error)})`,
      `Name a directory this user may write with --home or CORTEX_HOME, or correct the rights of ${home}.`,
      error,
    );
  }
}

/** The simulation's own folder in the temporary directory, which others can write too: so 0700, ours, and no link. */
async function temporaryHome(temporaryDirectory: string): Promise<string> {
  const uid = process.getuid?.();
  const home = join(temporaryDirectory, `containers-gm-${uid ?? process.env.USERNAME ?? 'user'}`);
  try {
    await fs.mkdir(home, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      const remedy = 'Name a directory this user may write with --home.';
      throw configError(`can't make ${home} for the simulated division (${codeOf(error)})`, remedy, error);
    }
  }
  const stat = await fs.lstat(home);
  if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) {
    throw configError(
      `${home} is not a directory of this user's own, so it is not used for the simulated division`,
      `Remove ${home}, or name another directory with --home.`,
    );
  }
  if ((stat.mode & 0o077) !== 0) await fs.chmod(home, 0o700);
  return home;
}

/**
 * CORTEX_HOME, absolute: --home, else the variable, else (simulated only) a private folder in the temporary directory. A named
 * home need not be there yet; nothing is made at a default place outside the temporary directory.
 * @throws DivisionError INPUT_INVALID, exit code 2
 */
export async function findHome(options: HomeOptions): Promise<string> {
  const named = options.home || options.env.CORTEX_HOME;
  if (named) {
    const home = resolvePath(named, process.cwd(), options.env);
    await checkWritable(home, options.home ? '--home' : 'CORTEX_HOME');
    return home;
  }
  if (options.simulated) return temporaryHome(options.temporaryDirectory ?? tmpdir());
  throw configError(
    'a division file is configured, but no home for its records',
    'Name the directory with --home DIR or the variable CORTEX_HOME; none is made by default.',
  );
}
