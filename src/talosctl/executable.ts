import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { TalosctlError } from './errors.ts';

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * The absolute path of talosctl: TALOSCTL when set (a path, or a name looked up on the PATH), else `talosctl` on the PATH.
 * Throws TalosctlError talosctl_missing.
 */
export async function findTalosctl(env: NodeJS.ProcessEnv): Promise<string> {
  const wanted = env.TALOSCTL === undefined || env.TALOSCTL === '' ? 'talosctl' : env.TALOSCTL;
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  const isPath = isAbsolute(wanted) || wanted.includes('/');
  const candidates = isPath ? [resolve(wanted)] : folders.map(folder => resolve(join(folder, wanted)));
  for (const candidate of candidates) if (await isExecutableFile(candidate)) return candidate;
  const where = isPath ? `${wanted} is not an executable file` : `no executable ${wanted} on the PATH`;
  throw new TalosctlError('talosctl_missing', `talosctl was not found: ${where}`);
}
