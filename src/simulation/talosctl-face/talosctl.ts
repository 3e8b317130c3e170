import type { World } from '../world/cluster.ts';
import { isAtLeast } from '../world/talos-release.ts';
import type { FlagValues } from './argv.ts';
import { flagsOf, GLOBAL_FLAGS, isOn, parseFlags } from './argv.ts';
import { COMMANDS } from './commands/all.ts';
import { REAL_COMMANDS } from './commands/real-commands.ts';
import { notSimulated, TalosctlFailure } from './failure.ts';
import { groupHelp, overview, suggestionsFor, usage } from './help.ts';
import type { Command, Sink, TalosctlRequest } from './run.ts';
import { Run } from './run.ts';
import { strikeRun } from './strike-run.ts';

/** What is known besides the request. */
export interface TalosctlSurroundings {
  world: World;
  sink: Sink;
  /** Aborted when the caller is gone. */
  signal: AbortSignal;
  /** The simulation's own talosconfig, for callers who name none. */
  ownConfig: string;
}

/** talosctl tells errors about its arguments from others by these words, and adds the usage text. */
const NEEDS_USAGE = /arg\(s\)|flag|command/;

/** Runs talosctl; the exit code. */
export async function runTalosctl(request: TalosctlRequest, around: TalosctlSurroundings): Promise<number> {
  const client = around.world.talosctlVersion;
  let command: Command | undefined;
  try {
    const found = findCommand(request.argv, client);
    if (typeof found.command === 'string') {
      around.sink.out(found.command);
      return 0;
    }
    command = found.command;
    const flags = flagsOf(command.flags ?? [], client);
    const { values, args } = parseFlags(found.rest, [...flags, ...GLOBAL_FLAGS]);
    if (isOn(values, 'help', false)) {
      around.sink.out(usage(command, client));
      return 0;
    }
    warnOfDeprecated(command, values, around);
    checkArgs(command, args);
    const run = new Run({ ...around, command, values, args, request });
    await command.run(run);
    for (const target of run.reached) await strikeRun(run, 'after', target);
    return 0;
  } catch (error) {
    if (!(error instanceof TalosctlFailure)) throw error;
    around.sink.err(`${error.message}\n`);
    if (NEEDS_USAGE.test(error.message) && !error.message.startsWith('not simulated')) {
      around.sink.err(`\n${command === undefined ? overview(available(client)) : usage(command, client)}\n`);
    }
    return 1;
  }
}

function warnOfDeprecated(command: Command, values: FlagValues, { world, sink }: TalosctlSurroundings): void {
  for (const { name, deprecated } of command.flags ?? []) {
    if (deprecated === undefined || !values.has(name) || !isAtLeast(world.talosctlVersion, deprecated.since)) continue;
    sink.err(`Flag --${name} has been deprecated, ${deprecated.why}\n`);
  }
}

const available = (client: string): Command[] =>
  COMMANDS.filter(({ since }) => since === undefined || isAtLeast(client, since));

/**
 * The command the words name, the longest path first; flags may stand between them. A text is to be printed instead:
 * as cobra does, a group of commands shows its help whatever follows it.
 */
function findCommand(argv: readonly string[], client: string): { command: Command | string; rest: string[] } {
  const positions: number[] = [];
  for (let index = 0; index < argv.length && positions.length < 3; index += 1) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-')) positions.push(index);
    else if (takesValue(word)) index += 1;
  }
  const commands = available(client);
  for (let count = positions.length; count > 0; count -= 1) {
    const used = positions.slice(0, count);
    const path = used.map(index => argv[index]).join(' ');
    const command = commands.find(other => other.path === path || other.aliases?.includes(path));
    if (command !== undefined) return { command, rest: argv.filter((_, index) => !used.includes(index)) };
    if (REAL_COMMANDS.has(path)) throw notSimulated(`talosctl ${path}`);
    if (commands.some(other => other.path.startsWith(`${path} `)))
      return { command: groupHelp(path, commands), rest: [] };
  }
  const [first] = positions;
  if (first === undefined) return { command: overview(commands), rest: [] };
  const word = argv[first] ?? '';
  throw new TalosctlFailure(`unknown command ${JSON.stringify(word)} for "talosctl"${suggestionsFor(word, commands)}`);
}

const takesValue = (word: string): boolean =>
  !word.includes('=') &&
  GLOBAL_FLAGS.some(flag => flag.type !== 'bool' && (word === `--${flag.name}` || word === `-${flag.short ?? ''}`));

function checkArgs(command: Command, args: readonly string[]): void {
  const [least, most] = command.args ?? [0, 0];
  if (args.length >= least && args.length <= most) return;
  const [first] = args;
  if (most === 0 && first !== undefined) {
    throw new TalosctlFailure(
      `unknown command ${JSON.stringify(first)} for ${JSON.stringify(`talosctl ${command.path}`)}`,
    );
  }
  const wanted =
    least === most
      ? `accepts ${least} arg(s)`
      : least === 0
        ? `accepts at most ${most} arg(s)`
        : `accepts between ${least} and ${most} arg(s)`;
  throw new TalosctlFailure(`${wanted}, received ${args.length}`);
}
