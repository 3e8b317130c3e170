import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { whatItStarts } from '../../src/config/own-program.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gm-own-program-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copy(name: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"name":"containers-gm"}');
  writeFileSync(join(root, 'dist', 'main.js'), '#!/usr/bin/env node\n', { mode: 0o755 });
  return root;
}
const installed = copy('installed');
const elsewhere = copy('elsewhere');
const main = join(installed, 'dist', 'main.js');
const bin = join(folder, 'bin');
mkdirSync(bin);
symlinkSync(main, join(bin, 'gm'));
const other = join(folder, 'other.js');
writeFileSync(other, '');
writeFileSync(join(installed, 'other.js'), '');

const self = [process.execPath, main] as const;

describe('an entry that starts this server itself', () => {
  it.each<[string, string, string[]]>([
    ['by name', 'containers-gm', []],
    ['by name with options', '/usr/local/bin/containers-gm', ['--home', 'contractor', 'serve']],
    ['by its Windows shim', 'containers-gm.cmd', ['serve']],
    ['through node', process.execPath, [main]],
    ['through node with flags', 'node', ['--enable-source-maps', main, 'serve', '--http', 'localhost:1']],
    ['through npx', 'npx', ['-y', 'containers-gm']],
    ['through npx with a version', 'npx', ['--yes', 'containers-gm@0.1.0', 'serve']],
    ['through npm exec', 'npm', ['exec', '--', 'containers-gm', 'serve']],
    ['through a shell', 'sh', ['-c', 'cd /tmp && exec containers-gm serve']],
    ['through env', '/usr/bin/env', ['containers-gm']],
    ['through a symlink', join(bin, 'gm'), []],
    ['through a symlink on its PATH', 'gm', []],
    ['as another copy of the package', 'node', [join(elsewhere, 'dist', 'main.js')]],
    ['as the folder of a copy', 'npx', [elsewhere]],
    ['with contractor as an option’s value', 'containers-gm', ['--config', 'contractor']],
    ['with contractor as a later word', 'containers-gm', ['serve', 'contractor']],
  ])('%s is recognised', (_how, command, args) => {
    expect(whatItStarts({ command, args, env: { PATH: bin } }, self, folder)).toEqual({ kind: 'this-server' });
  });

  it.each<[string, string, string[], string[] | undefined]>([
    ['our contractor', 'containers-gm', ['contractor', 'talos'], ['contractor', 'talos']],
    [
      'our contractor behind options',
      'containers-gm',
      ['--home', '/tmp/a home', 'contractor', 'talos'],
      ['--home', '/tmp/a home', 'contractor', 'talos'],
    ],
    ['our contractor through npx', 'npx', ['-y', 'containers-gm', 'contractor', 'talos'], ['contractor', 'talos']],
    ['our contractor through node', 'node', [main, 'contractor', 'talos-a2a'], ['contractor', 'talos-a2a']],
    ['our contractor through a symlink', join(bin, 'gm'), ['contractor', 'talos'], ['contractor', 'talos']],
    ['our contractor through a shell', 'sh', ['-c', 'exec containers-gm contractor talos'], undefined],
  ])('%s is none', (_how, command, args, words) => {
    const started = whatItStarts({ command, args, env: { PATH: bin } }, self, folder);
    expect(started).toEqual({ kind: 'own-contractor', words });
  });

  it.each<[string, string, string[]]>([
    ['somebody else’s program', 'uvx', ['talos-mcp-server', '--profile', 'write']],
    ['somebody else’s file', 'node', [other]],
    ['somebody else’s program, told of a folder of ours by a dot', 'their-mcp', ['--root', '.']],
    ['a file beside our program', 'node', ['installed/other.js']],
    ['a program whose name only starts alike', 'containers-gm-extra', []],
    ['a command that does not exist', '/nowhere/talos', []],
  ])('%s is none', (_how, command, args) => {
    expect(whatItStarts({ command, args, env: { PATH: bin } }, self, folder)).toEqual({ kind: 'other' });
    expect(whatItStarts({ command, args, env: { PATH: bin } }, self, installed)).toEqual({ kind: 'other' });
  });

  it('is looked for beside mcp.json and in the entry’s own folder', () => {
    const beside = { command: 'node', args: ['installed/dist/main.js'], env: {} };
    expect(whatItStarts(beside, self, folder)).toEqual({ kind: 'this-server' });
    expect(whatItStarts(beside, self, '/')).toEqual({ kind: 'other' });
    expect(whatItStarts({ ...beside, cwd: folder }, self, '/')).toEqual({ kind: 'this-server' });
  });

  it('recognises a program that is not called by our name, as the source is in development', () => {
    const source = join(folder, 'renamed.ts');
    writeFileSync(source, '');
    const dev = [process.execPath, '--import', 'tsx', source];
    expect(whatItStarts({ command: 'tsx', args: [source], env: {} }, dev, folder).kind).toBe('this-server');
    expect(whatItStarts({ command: 'tsx', args: [source, 'contractor', 'talos'], env: {} }, dev, folder).kind).toBe(
      'own-contractor',
    );
    expect(whatItStarts({ command: source, args: [], env: {} }, [source], folder).kind).toBe('this-server');
  });
});
