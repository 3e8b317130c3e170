import { type Connection, commands, uuid } from './argv.ts';
import { type AskOptions, ask, type Talosctl } from './ask.ts';
import { TalosctlError } from './errors.ts';
import { readSystemUuid } from './readers/system-information.ts';

/** Reads the machine and throws TalosctlError precondition unless it is the one that is meant (SAFETY 1). */
export async function confirmMachine(
  talosctl: Talosctl,
  connection: Connection,
  systemUuid: string,
  options: AskOptions,
): Promise<void> {
  const wanted = uuid('system_uuid', systemUuid);
  const found = readSystemUuid(await ask(talosctl, connection, commands.get('systeminformation'), options));
  if (found === wanted) return;
  throw new TalosctlError(
    'precondition',
    `wrong identity: the system UUID of ${connection.node} is ${found}, not ${wanted}; nothing was sent`,
  );
}
