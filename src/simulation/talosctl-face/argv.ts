import { isAtLeast } from '../world/talos-release.ts';
import { TalosctlFailure } from './failure.ts';

export interface Flag {
  name: string;
  short?: string;
  /** A `list` is split at commas, an `array` is not. */
  type: 'bool' | 'text' | 'list' | 'array' | 'duration' | 'number';
  /** The values it takes; absent = any. */
  choices?: readonly string[];
  /** The first talosctl that has it, and the first that no longer has. */
  since?: string;
  before?: string;
  /** Why talosctl warns of it, and from which release on. */
  deprecated?: { since: string; why: string };
}

/** The flags a talosctl of that release has. */
export const flagsOf = (flags: readonly Flag[], client: string): Flag[] =>
  flags.filter(
    ({ since, before }) =>
      (since === undefined || isAtLeast(client, since)) && (before === undefined || !isAtLeast(client, before)),
  );

export type FlagValues = ReadonlyMap<string, string | string[]>;

/** Flags every command takes. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'talosconfig', type: 'text' },
  { name: 'context', type: 'text' },
  { name: 'cluster', type: 'text' },
  { name: 'nodes', short: 'n', type: 'list' },
  { name: 'endpoints', short: 'e', type: 'list' },
  { name: 'siderov1-keys-dir', type: 'text' },
  { name: 'help', short: 'h', type: 'bool' },
];

/** Splits arguments into flag values and positional ones, as pflag does. Throws its errors. */
export function parseFlags(argv: readonly string[], flags: readonly Flag[]): { values: FlagValues; args: string[] } {
  const values = new Map<string, string | string[]>();
  const args: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      args.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const { flag, inline } = word.startsWith('--') ? longFlag(word, flags) : shortFlag(word, flags);
    let value = inline;
    if (value === undefined && flag.type === 'bool') value = 'true';
    if (value === undefined) {
      index += 1;
      value = argv[index];
    }
    if (value === undefined)
      throw new TalosctlFailure(`flag needs an argument: ${word.startsWith('--') ? word : `'${word[1]}' in ${word}`}`);
    checkValue(flag, value);
    values.set(flag.name, together(flag, values.get(flag.name), value));
  }
  return { values, args };
}

/** A list grows with each mention; of other flags the last one counts. */
function together(flag: Flag, before: string | string[] | undefined, value: string): string | string[] {
  if (flag.type !== 'list' && flag.type !== 'array') return value;
  return [...(Array.isArray(before) ? before : []), ...(flag.type === 'list' ? value.split(',') : [value])];
}

function longFlag(word: string, flags: readonly Flag[]): { flag: Flag; inline: string | undefined } {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const flag = flags.find(other => other.name === name);
  if (flag === undefined) throw new TalosctlFailure(`unknown flag: --${name}`);
  return { flag, inline: equals < 0 ? undefined : word.slice(equals + 1) };
}

function shortFlag(word: string, flags: readonly Flag[]): { flag: Flag; inline: string | undefined } {
  const flag = flags.find(other => other.short === word[1]);
  if (flag === undefined) throw new TalosctlFailure(`unknown shorthand flag: '${word[1]}' in ${word}`);
  const rest = word.slice(2).replace(/^=/, '');
  return { flag, inline: rest === '' ? undefined : rest };
}

function checkValue(flag: Flag, value: string): void {
  const shown = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  const refuse = (why: string): TalosctlFailure =>
    new TalosctlFailure(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${why}`);
  if (flag.type === 'bool' && !/^(true|false|1|0|t|f)$/i.test(value)) {
    throw refuse(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  if (flag.choices !== undefined && !flag.choices.includes(value))
    throw refuse(`possible options are: ${[...flag.choices].sort().join(', ')}`);
  if (flag.type === 'duration' && durationMs(value) === undefined)
    throw refuse(`time: invalid duration ${JSON.stringify(value)}`);
  if (flag.type === 'number' && !/^-?\d+$/.test(value)) {
    throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A Go duration such as 1h30m; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return text === '0' ? 0 : undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return sum;
}

export const isOn = (values: FlagValues, name: string, otherwise: boolean): boolean => {
  const value = values.get(name);
  return typeof value === 'string' ? /^(true|1|t)$/i.test(value) : otherwise;
};

export const textOf = (values: FlagValues, name: string): string | undefined => {
  const value = values.get(name);
  return typeof value === 'string' ? value : undefined;
};

export const listOf = (values: FlagValues, name: string): string[] | undefined => {
  const value = values.get(name);
  return Array.isArray(value) ? value.filter(item => item !== '') : undefined;
};
