import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutated } from './mutant.ts';

export const project = fileURLToPath(new URL('../..', import.meta.url));

const copied = ['src', 'test', 'scripts', 'docs', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'division.yaml'];

/** A copy of the tree in a temporary folder, in which one mutant at a time stands. */
export class TreeCopy {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<TreeCopy> {
    const directory = await mkdtemp(join(tmpdir(), 'containers-gm-mutants-'));
    const filter = (path: string): boolean => basename(path) !== 'node_modules';
    for (const name of [...copied, 'mcp.json']) {
      await cp(join(project, name), join(directory, name), { recursive: true, filter });
    }
    // A folder of its own, so that what vite keeps beside the packages stays in the copy.
    const [from, to] = [join(project, 'node_modules'), join(directory, 'node_modules')];
    await mkdir(to);
    for (const name of await readdir(from)) {
      if (!name.startsWith('.vite')) await symlink(join(from, name), join(to, name));
    }
    return new TreeCopy(directory);
  }

  /** Breaks the rule for as long as `act` takes. Throws an Error that says why the mutant does not apply. */
  async with<T>(mutant: Mutant, act: () => Promise<T>): Promise<T> {
    const path = join(this.directory, mutant.file);
    const source = await readFile(path, 'utf8');
    await writeFile(path, mutated(mutant, source));
    try {
      return await act();
    } finally {
      await writeFile(path, source);
    }
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
