/** Files with secrets in them: they lie inside one folder, GM_SECRETS_DIR, for their owner alone, and are named by path and hash. */
import { createHash } from 'node:crypto';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { absolutePath } from './argv.ts';
import { makeFolder } from './durable.ts';
import { TalosctlError } from './errors.ts';

/**
 * The path when it is inside GM_SECRETS_DIR, symbolic links resolved, and its folder is there. Throws TalosctlError client_config
 * without such a folder, invalid_argument for a path outside it, precondition for a folder that does not exist.
 */
export async function secretPath(env: NodeJS.ProcessEnv, given: string): Promise<string> {
  const root = env.GM_SECRETS_DIR;
  if (root === undefined || root === '')
    throw new TalosctlError('client_config', 'this contractor has no folder for files with secrets', {
      remedy: 'set GM_SECRETS_DIR to an absolute path in its environment',
    });
  const path = absolutePath(given);
  await makeFolder(root);
  const folder = await realpath(dirname(path)).catch(() => undefined);
  if (folder === undefined)
    throw new TalosctlError('precondition', `the folder of ${path} does not exist`, { remedy: 'create it' });
  const way = relative(await realpath(root), folder);
  if (way === '..' || way.startsWith('../') || isAbsolute(way))
    throw new TalosctlError('invalid_argument', `${path} is not inside ${root}, where files with secrets lie`);
  return join(folder, basename(path));
}

/**
 * The path of a file inside GM_SECRETS_DIR that is its owner's alone and has this sha256 (lower-case hex). Throws TalosctlError
 * not_found, and precondition for a file that others may read or that is another one.
 */
export async function checkedSecretFile(env: NodeJS.ProcessEnv, given: string, sha256: string): Promise<string> {
  const path = await secretPath(env, given);
  const file = await lstat(path).catch(() => undefined);
  if (!file?.isFile()) throw new TalosctlError('not_found', `there is no file ${path}`);
  if ((file.mode & 0o077) !== 0)
    throw new TalosctlError('precondition', `others than its owner may read or write ${path}`, {
      remedy: `chmod 600 ${path}`,
    });
  const found = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (found === sha256) return path;
  throw new TalosctlError('precondition', `${path} has another sha256 than ${sha256}; nothing was sent`, {
    remedy: 'look at what was written there, and plan again',
  });
}
