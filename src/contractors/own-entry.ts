import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { McpServerEntry } from '../model/config.ts';

/** Our package and its command. */
const OURS = 'containers-gm';
/** Our own options that take a value and may stand before the subcommand. */
const OPTIONS_WITH_VALUE = ['--config', '--division', '--home', '--log-level'];
/** Where our package keeps its program, built and as source. */
const PROGRAMS = ['dist/main.js', 'src/main.ts'];

/**
 * True when the entry starts this very server, whose tools would then call themselves: by name, through npx and its
 * kin, a shell, a symlink, or another copy of the package. `containers-gm contractor ...` is a contractor, not the server.
 */
export function startsThisServer(entry: McpServerEntry, self: readonly string[]): boolean {
  const cwd = typeof entry.cwd === 'string' ? entry.cwd : process.cwd();
  const path = entry.env.PATH ?? process.env.PATH ?? '';
  // A shell's or npm's one argument may hold a whole command line.
  const words = [entry.command, ...entry.args].flatMap(word => [
    word,
    ...(/\s/.test(word) ? word.split(/[\s;&|'"]+/) : []),
  ]);
  const program = selfProgram(self);
  const at = words.findIndex((word, index) =>
    isThisProgram(word, { cwd, program, path: index === 0 ? path : undefined }),
  );
  return at >= 0 && subcommand(words.slice(at + 1)) !== 'contractor';
}

/** The script (or executable) that `self` runs: its last word that is a file. */
function selfProgram(self: readonly string[]): string | undefined {
  const files = self.slice(1).flatMap(word => real(resolve(word)) ?? []);
  return files.at(-1) ?? (self[0] === undefined || self.length > 1 ? undefined : real(resolve(self[0])));
}

function isThisProgram(
  word: string,
  where: { cwd: string; program: string | undefined; path: string | undefined },
): boolean {
  const name = basename(word).replace(/\.(cmd|exe|ps1|js|mjs)$/i, '');
  if (name === OURS || name.startsWith(`${OURS}@`)) return true;
  const file =
    real(isAbsolute(word) ? word : resolve(where.cwd, word)) ??
    (where.path === undefined ? undefined : onPath(word, where.path));
  return file !== undefined && (file === where.program || isOurProgram(file) || packageName(file) === OURS);
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
