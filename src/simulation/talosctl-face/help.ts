import type { Flag } from './argv.ts';
import { flagsOf, GLOBAL_FLAGS } from './argv.ts';
import type { Command } from './run.ts';

const DESCRIPTION = 'A CLI for out-of-band management of Kubernetes nodes created by Talos (simulated)';

const flagLine = ({ name, short, type }: Flag): string =>
  `  ${short === undefined ? '   ' : `-${short},`} --${name}${type === 'bool' ? '' : ` ${type}`}\n`;

/** The usage text of a command. */
export const usage = (command: Command, client: string): string =>
  `Usage:\n  talosctl ${command.path} [flags]\n\nFlags:\n${flagsOf(command.flags ?? [], client)
    .map(flagLine)
    .join('')}\nGlobal Flags:\n${GLOBAL_FLAGS.map(flagLine).join('')}`;

const list = (names: readonly string[]): string =>
  [...new Set(names)]
    .sort()
    .map(name => `  ${name}\n`)
    .join('');

/** What `talosctl` alone prints. */
export const overview = (commands: readonly Command[]): string =>
  `${DESCRIPTION}\n\nUsage:\n  talosctl [command]\n\nAvailable Commands:\n${list(commands.map(({ path }) => path.split(' ')[0] ?? ''))}\nUse "talosctl [command] --help" for more information about a command.\n`;

/** What a group of commands, e.g. `talosctl etcd`, prints. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  const within = commands.filter(({ path }) => path.startsWith(`${group} `));
  const names = within.map(({ path }) => path.slice(group.length + 1).split(' ')[0] ?? '');
  return `Usage:\n  talosctl ${group} [command]\n\nAvailable Commands:\n${list(names)}\nUse "talosctl ${group} [command] --help" for more information about a command.\n`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Cobra's hint after an unknown command: names at most two edits away, or that begin with it. */
export function suggestionsFor(word: string, commands: readonly Command[]): string {
  const names = [...new Set(commands.map(({ path }) => path.split(' ')[0] ?? ''))].sort();
  const near = names.filter(name => distance(word, name) <= 2 || name.startsWith(word));
  return near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map(name => `\t${name}\n`).join('')}`;
}
