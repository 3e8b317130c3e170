import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => path.replaceAll('\\', '/'));

/** Folder of the house → the folders it may import. A folder not named here imports freely (compose, commands, main). */
const mayImport: Record<string, readonly string[]> = {
  model: [],
  errors: [],
  ports: ['model'],
  decisions: ['model'],
  host: [],
  chart: [],
  redaction: [],
  talosctl: ['model', 'errors', 'host', 'redaction'],
  'talos-contractor': [
    'talosctl',
    'model',
    'errors',
    'version',
    'mcp/boundary',
    'mcp/define-tool',
    'mcp/listed-schema',
    'host/deadline',
  ],
  kubernetes: ['model', 'decisions', 'ports', 'errors', 'version'],
  contractors: ['model', 'decisions', 'ports', 'errors', 'version', 'redaction'],
  helm: ['ports', 'errors', 'redaction', 'host/deadline'],
  prometheus: ['model', 'ports', 'errors', 'host/deadline'],
  division: ['model', 'decisions', 'ports', 'errors', 'host', 'redaction'],
  operations: ['model', 'decisions', 'playbooks', 'ports', 'errors', 'solver', 'host/deadline', 'host/stopwatch'],
  playbooks: ['model', 'decisions'],
  views: ['model', 'decisions', 'operations', 'ports', 'errors', 'redaction', 'chart', 'host/deadline'],
  tools: ['model', 'decisions', 'playbooks', 'operations', 'views', 'ports', 'errors', 'chart', 'mcp/define-tool'],
  resources: ['model', 'decisions', 'playbooks', 'operations', 'views', 'ports', 'errors', 'mcp/define-resource'],
  prompts: [
    'model',
    'decisions',
    'playbooks',
    'operations',
    'views',
    'ports',
    'errors',
    'host/deadline',
    'mcp/define-prompt',
  ],
  mcp: ['tools', 'resources', 'prompts', 'model', 'errors', 'ports', 'version', 'redaction'],
  observability: ['ports', 'redaction'],
  config: ['model', 'errors', 'observability'],
  solver: ['decisions'],
  simulation: [],
};

/** Packages that decide nothing about the world outside: all that pure code may use. */
const pureLibraries = ['zod', 'semver', 'canonicalize', 'yaml', 'minisearch', 'node:crypto'];

interface Import {
  from: string;
  target: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  // A text that begins with 'from' is no import.
  const pattern = /(?<!')\b(?:from|import)\s*\(?\s*'([^']+)'/g;
  return [...text.matchAll(pattern)].map(match => ({ from: file, target: match[1] ?? '' }));
}

const roomOf = (file: string): string => file.split('/')[0]?.replace(/\.ts$/, '') ?? '';

const imports = files.flatMap(importsOf);
const local = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ from, target }) => ({ from, target: relative(source, join(source, dirname(from), target)) }));
const external = imports.filter(({ target }) => !target.startsWith('.'));

describe('the house', () => {
  it('was read at all', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(local.length).toBeGreaterThan(300);
  });

  it('keeps its import directions', () => {
    const wrong = local.filter(({ from, target }) => {
      const [room, other] = [roomOf(from), roomOf(target)];
      const allowed = mayImport[room];
      if (allowed === undefined || room === other || target.startsWith('..')) return false;
      return !allowed.some(prefix => other === prefix || target === `${prefix}.ts`);
    });
    expect(wrong).toEqual([]);
  });

  it('is entered only from main: nothing imports compose, commands or main but themselves', () => {
    const inner = ['compose', 'commands', 'main'];
    const wrong = local.filter(({ from, target }) => {
      const room = roomOf(target);
      if (!inner.includes(room)) return false;
      return room === 'compose' ? !inner.includes(roomOf(from)) : !['commands', 'main'].includes(roomOf(from));
    });
    expect(wrong).toEqual([]);
  });

  it('lets only commands know the simulation', () => {
    const wrong = local.filter(
      ({ from, target }) => roomOf(target) === 'simulation' && !['simulation', 'commands'].includes(roomOf(from)),
    );
    expect(wrong).toEqual([]);
  });

  it('R4: only the contractor’s side and the processes of the program itself start others; one room speaks to Kubernetes', () => {
    const roomsThatUse = (name: string) => [
      ...new Set(external.filter(({ target }) => target === name).map(({ from }) => roomOf(from))),
    ];
    expect(roomsThatUse('node:child_process').toSorted()).toEqual(['compose', 'helm', 'host', 'talosctl']);
    expect(roomsThatUse('@kubernetes/client-node')).toEqual(['kubernetes']);
  });

  it('mints an Authorization in decisions/authority only', () => {
    const minters = files.filter(file => readFileSync(join(source, file), 'utf8').includes('mintAuthorization'));
    expect(minters.sort()).toEqual(['decisions/authority.ts', 'model/authorization.ts']);
  });

  it('keeps decisions and model pure: no I/O, clock, randomness or Promise', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|Math\.random|\bPromise\b|\basync\b|\bawait\b|\bprocess\b|setTimeout/;
    const pure = files.filter(file => ['decisions', 'model', 'playbooks'].includes(roomOf(file)));
    const code = (file: string): string =>
      readFileSync(join(source, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(pure.filter(file => impure.test(code(file)))).toEqual([]);
    const foreign = external.filter(({ from, target }) => pure.includes(from) && !pureLibraries.includes(target));
    expect(foreign).toEqual([]);
  });

  it('keeps every file in one screenful of thought: at most 250 lines', () => {
    const long = files.filter(file => readFileSync(join(source, file), 'utf8').split('\n').length > 251);
    expect(long).toEqual([]);
  });

  it('names files in kebab-case', () => {
    const odd = files.filter(file => !file.split('/').every(part => /^[a-z0-9]+(-[a-z0-9]+)*(\.ts)?$/.test(part)));
    expect(odd).toEqual([]);
  });
});
