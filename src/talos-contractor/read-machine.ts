import { type MachinePart, machineParts } from '../model/facts.ts';
import { type Command, type Connection, commands } from '../talosctl/argv.ts';
import { type AskOptions, ask, type Talosctl } from '../talosctl/ask.ts';
import { presentable, TalosctlError } from '../talosctl/errors.ts';
import { readBootId } from '../talosctl/readers/boot-id.ts';
import { readExtensions } from '../talosctl/readers/extensions.ts';
import { readMachineStatus } from '../talosctl/readers/machine-status.ts';
import { readNodename } from '../talosctl/readers/nodename.ts';
import { readPlatform } from '../talosctl/readers/platform.ts';
import { readIsSecureBoot } from '../talosctl/readers/security-state.ts';
import { readSystemUuid } from '../talosctl/readers/system-information.ts';
import { readServerVersion } from '../talosctl/readers/version.ts';

interface Unanswered {
  part: string;
  error_class: string;
  message: string;
}

/** One part of the machine: a read and its reader. */
type Read = <Value>(part: MachinePart, command: Command, reader: (text: string) => Value) => Promise<Value | undefined>;

/** Reads the parts at once; what was not asked for is undefined, what did not answer too and told in `unanswered`. */
async function readParts(wanted: readonly MachinePart[], ask: Read) {
  const read: Read = async (part, command, reader) => (wanted.includes(part) ? ask(part, command, reader) : undefined);
  const [version, systemUuid, bootId, status, nodename, extensions, platform, isSecureBoot] = await Promise.all([
    read('version', commands.version(), readServerVersion),
    read('system_uuid', commands.get('systeminformation'), readSystemUuid),
    read('boot_id', commands.bootId(), readBootId),
    read('stage', commands.get('machinestatus'), readMachineStatus),
    read('nodename', commands.get('nodename'), readNodename),
    read('extensions', commands.get('extensions'), readExtensions),
    read('platform', commands.get('platformmetadata'), readPlatform),
    read('secure_boot', commands.get('securitystate'), readIsSecureBoot),
  ]);
  return { version, systemUuid, bootId, status, nodename, extensions, platform, isSecureBoot };
}

/** What went wrong with one part, as it is told. Throws what is no failure of talosctl. */
export function unansweredBy(part: string, error: unknown): Unanswered {
  if (!(error instanceof TalosctlError)) throw error;
  return { part, error_class: error.errorClass, message: presentable(error.message) };
}

/**
 * Identity, boot, stage, version, schematic and platform of one machine, or those parts that are wanted, in the form of the model
 * (TalosMachine). Throws TalosctlError when no part answered.
 */
export async function readMachine(
  talosctl: Talosctl,
  connection: Connection,
  options: AskOptions,
  wanted: readonly MachinePart[] = machineParts,
) {
  const failures: { unanswered: Unanswered; error: unknown }[] = [];
  const parts = await readParts(wanted, async (part, command, reader) => {
    try {
      return reader(await ask(talosctl, connection, command, options));
    } catch (error) {
      failures.push({ unanswered: unansweredBy(part, error), error });
      return undefined;
    }
  });
  const [first] = failures;
  if (first !== undefined && Object.values(parts).every(part => part === undefined)) throw first.error;
  return {
    node: connection.node,
    nodename: parts.nodename ?? null,
    server: parts.version?.server ?? null,
    client: parts.version?.client ?? null,
    boot_id: parts.bootId ?? null,
    system_uuid: parts.systemUuid ?? null,
    stage: parts.status?.stage ?? null,
    ready: parts.status?.isReady ?? null,
    schematic: parts.extensions?.schematic ?? null,
    extensions: parts.extensions?.extensions ?? null,
    platform: parts.platform ?? null,
    secure_boot: parts.isSecureBoot ?? null,
    unanswered: failures.map(failure => failure.unanswered),
  };
}
