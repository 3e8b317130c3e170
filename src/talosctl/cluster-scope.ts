import { createHash } from 'node:crypto';
import { type Connection, commands } from './argv.ts';
import { type AskOptions, ask, type Talosctl } from './ask.ts';
import { readClusterId } from './readers/cluster-info.ts';

/** The cluster a machine is configured for, as a claim is named after it: the same through all its nodes, and all its life. */
export async function clusterScope(talosctl: Talosctl, connection: Connection, options: AskOptions): Promise<string> {
  const id = readClusterId(await ask(talosctl, connection, commands.get('infos'), options));
  // An id is base64 and may hold slashes.
  return `cluster-${createHash('sha256').update(id).digest('hex')}`;
}
