import type { World } from '../world/cluster.ts';
import type { FlagValues } from './argv.ts';
import { GLOBAL_FLAGS, isOn, parseFlags } from './argv.ts';
import { COMMANDS } from './commands/all.ts';
import { TalosctlFailure, UsageFailure } from './failure.ts';
import type { Command, Sink, TalosctlRequest } from './run.ts';
import { Run } from './run.ts';

/** What is known besides the request. */
export interface TalosctlSurroundings {
  world: World;
  sink: Sink;
  /** Aborted when the caller is gone. */
  signal: AbortSignal;
  /** The simulation's own talosconfig, for callers who name none. */
  ownConfig: string;
}

const DESCRIPTION = 'A CLI for out-of-band management of Kubernetes nodes created by Talos (simulated)';

/** Runs talosctl; the exit code. */
export async function runTalosctl(request: TalosctlRequest, around: TalosctlSurroundings): Promise<number> {
  let command: Command | undefined;
  try {
    const found = findCommand(request.argv);
    command = found.command;
    if (command === undefined) {
      around.sink.out(overview());
      return 0;
    }
    const { values, args } = parseFlags(found.rest, [...(command.flags ?? []), ...GLOBAL_FLAGS]);
    if (isOn(values, 'help', false)) {
      around.sink.out(usage(command));
      return 0;
    }
    checkArgs(command, args);
    await start(command, values, args, request, around);
    return 0;
  } catch (error) {
    if (!(error instanceof TalosctlFailure)) throw error;
    around.sink.err(`${error.message}\n`);
    if (error instanceof UsageFailure) around.sink.err(command === undefined ? overview() : `\n${usage(command)}\n`);
    return 1;
  }
}

async function start(
  command: Command,
  values: FlagValues,
  args: readonly string[],
  request: TalosctlRequest,
  { world, sink, signal, ownConfig }: TalosctlSurroundings,
): Promise<void> {
  await command.run(new Run({ world, sink, signal, command, values, args, request, ownConfig }));
}

/** The command the words name, the longest path first; flags may stand between them. */
function findCommand(argv: readonly string[]): { command: Command | undefined; rest: string[] } {
  const positions: number[] = [];
  for (let index = 0; index < argv.length && positions.length < 3; index += 1) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-')) positions.push(index);
    else if (takesValue(word)) index += 1;
  }
  for (let count = positions.length; count > 0; count -= 1) {
    const used = positions.slice(0, count);
    const path = used.map(index => argv[index]).join(' ');
    const command = COMMANDS.find(other => other.path === path || other.aliases?.includes(path));
    if (command !== undefined) return { command, rest: argv.filter((_, index) => !used.includes(index)) };
  }
  const [first] = positions;
  if (first === undefined) return { command: undefined, rest: [] };
  const word = argv[first] ?? '';
  const group = COMMANDS.some(other => other.path.startsWith(`${word} `));
  const [, second] = positions;
  if (group && second === undefined) return { command: undefined, rest: [] };
  const [unknown, parent] = group ? [argv[second ?? 0] ?? '', `talosctl ${word}`] : [word, 'talosctl'];
  throw new UsageFailure(`unknown command ${JSON.stringify(unknown)} for ${JSON.stringify(parent)}`);
}

const takesValue = (word: string): boolean =>
  !word.includes('=') &&
  GLOBAL_FLAGS.some(flag => flag.type !== 'bool' && (word === `--${flag.name}` || word === `-${flag.short ?? ''}`));

function checkArgs(command: Command, args: readonly string[]): void {
  const [least, most] = command.args ?? [0, 0];
  if (args.length >= least && args.length <= most) return;
  const [first] = args;
  if (most === 0 && first !== undefined) {
    throw new UsageFailure(
      `unknown command ${JSON.stringify(first)} for ${JSON.stringify(`talosctl ${command.path}`)}`,
    );
  }
  const wanted = least === most ? `accepts ${least} arg(s)` : `accepts between ${least} and ${most} arg(s)`;
  throw new UsageFailure(`${wanted}, received ${args.length}`);
}

const flagLine = (flag: { name: string; short?: string; type: string }): string =>
  `  ${flag.short === undefined ? '   ' : `-${flag.short},`} --${flag.name}${flag.type === 'bool' ? '' : ` ${flag.type}`}\n`;

const usage = (command: Command): string =>
  `Usage:\n  talosctl ${command.path} [flags]\n\nFlags:\n${(command.flags ?? []).map(flagLine).join('')}\nGlobal Flags:\n${GLOBAL_FLAGS.map(flagLine).join('')}`;

function overview(): string {
  const names = [...new Set(COMMANDS.map(command => command.path.split(' ')[0] ?? ''))].sort();
  return `${DESCRIPTION}\n\nUsage:\n  talosctl [command]\n\nAvailable Commands:\n${names.map(name => `  ${name}\n`).join('')}\nUse "talosctl [command] --help" for more information about a command.\n`;
}
