import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import type { McpServerEntry } from '../model/config.ts';

/** Our package and its command. */
const OURS = 'containers-gm';
/** Our own options that take a value and may stand before the subcommand. */
const OPTIONS_WITH_VALUE = ['--config', '--division', '--home', '--log-level'];
/** Where our package keeps its program, built and as source. */
const PROGRAMS = ['dist/main.js', 'src/main.ts'];

/** What an entry of mcp.json starts. */
export type Started =
  | { kind: 'other' }
  | { kind: 'this-server' }
  /** Our program as a contractor. `words` come after its name; undefined when they stand inside a shell's one argument. */
  | { kind: 'own-contractor'; words: readonly string[] | undefined };

/**
 * Whether an entry starts our own program: by name, through npx and its kin, a shell, a symlink, or another copy of the package.
 * Then it is this very server, whose tools would call themselves, unless `containers-gm contractor ...` is what it starts.
 * `self`: how this program was started. `folder`: where mcp.json is; relative paths are looked up there and in the entry's cwd.
 */
export function whatItStarts(entry: McpServerEntry, self: readonly string[], folder: string): Started {
  const where = {
    folders: [resolve(typeof entry.cwd === 'string' ? entry.cwd : ''), folder],
    program: selfProgram(self),
  };
  const path = entry.env.PATH ?? process.env.PATH ?? '';
  const words = [entry.command, ...entry.args];
  for (const [index, word] of words.entries()) {
    const after = words.slice(index + 1);
    if (isThisProgram(word, where, index === 0 ? path : undefined)) {
      return subcommand(after) === 'contractor' ? { kind: 'own-contractor', words: after } : { kind: 'this-server' };
    }
    // A shell's or npm's one argument may hold a whole command line.
    const inside = /\s/.test(word) ? word.split(/[\s;&|'"]+/) : [];
    const at = inside.findIndex(part => isThisProgram(part, where, undefined));
    if (at < 0) continue;
    return subcommand([...inside.slice(at + 1), ...after]) === 'contractor'
      ? { kind: 'own-contractor', words: undefined }
      : { kind: 'this-server' };
  }
  return { kind: 'other' };
}

interface Where {
  folders: readonly string[];
  program: string | undefined;
}

/** The script (or executable) that `self` runs: its last word that is a file, or its last word. */
function selfProgram(self: readonly string[]): string | undefined {
  const files = self.slice(1).flatMap(word => real(resolve(word)) ?? []);
  const last = self.at(-1);
  return files.at(-1) ?? (last === undefined ? undefined : (real(resolve(last)) ?? resolve(last)));
}

function isThisProgram(word: string, { folders, program }: Where, path: string | undefined): boolean {
  const name = basename(word).replace(/\.(cmd|exe|ps1|js|mjs)$/i, '');
  if (name === OURS || name.startsWith(`${OURS}@`) || word === program) return true;
  const files = folders.flatMap(folder => real(resolve(folder, word)) ?? []);
  const onItsPath = path === undefined || files.length > 0 ? undefined : onPath(word, path);
  return [...files, ...(onItsPath === undefined ? [] : [onItsPath])].some(
    file => file === program || isOurProgram(file) || (/[\\/]/.test(word) && packageName(file) === OURS),
  );
}

function onPath(command: string, path: string): string | undefined {
  if (command.includes('/')) return undefined;
  for (const folder of path.split(delimiter)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return real(file);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The program file of any copy of our package. */
function isOurProgram(file: string): boolean {
  const folder = dirname(dirname(file));
  return packageName(folder) === OURS && PROGRAMS.some(program => join(folder, program) === file);
}

/** Name of the package whose folder this is (`npx DIR`, `node DIR`). */
function packageName(folder: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'name' in manifest ? String(manifest.name) : undefined;
  } catch {
    return undefined;
  }
}

function real(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

/** The first word that is neither an option nor an option's value. */
function subcommand(words: readonly string[]): string | undefined {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || word === '--') continue;
    if (!word.startsWith('-')) return word;
    if (OPTIONS_WITH_VALUE.includes(word)) index += 1;
  }
  return undefined;
}
