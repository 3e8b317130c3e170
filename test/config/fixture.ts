import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ConfigOptions, loadConfig } from '../../src/config.ts';
import { DivisionError } from '../../src/errors.ts';
import type { Config } from '../../src/model/config.ts';
import { temporaryFolder } from '../division/fixtures/records.ts';

export const self = ['/usr/bin/node', '/opt/gm/dist/main.js'] as const;

/** A user with a home of its own, files in it, and the command line that names them. */
export interface User {
  folder: string;
  home: string;
  path(name: string): string;
  write(name: string, text: string): Promise<string>;
  load(options?: Partial<ConfigOptions>): Promise<Config>;
  /** The error that loading ends in. */
  refused(options?: Partial<ConfigOptions>): Promise<DivisionError>;
}

export async function newUser(): Promise<User> {
  const folder = await temporaryFolder();
  const home = join(folder, 'home');
  await mkdir(home);
  const load = (options: Partial<ConfigOptions> = {}) =>
    loadConfig({ self, env: { HOME: home }, temporaryDirectory: folder, ...options });
  return {
    folder,
    home,
    load,
    path: name => join(folder, name),
    async write(name, text) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
      return join(folder, name);
    },
    async refused(options) {
      try {
        await load(options);
      } catch (error) {
        if (error instanceof DivisionError) return error;
        throw error;
      }
      throw new Error('it was not refused');
    },
  };
}

export const smallDivision = `
clusters:
  prod:
    kubernetes: {context: admin@prod}
    talos: {context: prod, endpoints: [10.0.0.2]}
`;
