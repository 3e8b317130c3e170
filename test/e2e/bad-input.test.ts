import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program, runProgram } from './command-line.ts';
import { CLUSTER, homeForTest } from './division-home.ts';
import { Host } from './host.ts';

const cluster = (change: string): string => `clusters:
  prod:
    ${change}
    kubernetes: {kubeconfig: ./no-kubeconfig, context: admin@prod}
    talos: {contractor: TALOS, talosconfig: ./no-talosconfig, context: prod, endpoints: [10.0.0.2]}
`;

const files: Record<string, string> = {
  'a-file': '',
  'broken.json': '{"mcpServers": {\n  "talos": {"command": "x",}\n}}',
  'wrong.json': '{"mcpServers": {"talos": {"args": ["contractor", "talos"]}}}',
  'self.json': JSON.stringify({ mcpServers: { gm: { command: process.execPath, args: [program] } } }),
  'broken.yaml': 'clusters:\n  prod: [\n',
  'unknown-key.yaml': cluster('moode: operate').replace('TALOS', 'talos'),
  'self.yaml': cluster('mode: observe').replace('TALOS', 'gm'),
  'nobody.yaml': cluster('mode: observe').replace('TALOS', 'talhelper'),
  'good.yaml': cluster('mode: observe').replace('TALOS', 'talos'),
  'small-fleet.json': '{"clusters": [{"name": "a", "control_planes": 3, "workers": 2, "pods": 3, "budgets": 1}]}',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  await mkdir(join(folder, 'home'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** In arguments and texts, @name is a file of the folder. */
const placed = (text: string): string => text.replaceAll(/@([\w./-]+)/g, (_, name: string) => join(folder, name));

describe('what is wrong on the command line is one error with its remedy on stderr, nothing on stdout, exit code 2', () => {
  const home = ['--home', '@home'];
  const table: { wrong: string; args: string[]; env?: Record<string, string>; says: string[] }[] = [
    { wrong: 'an unknown option', args: ['--nonsense'], says: ["unknown option '--nonsense'", '--help'] },
    { wrong: 'an unknown command', args: ['frobnicate'], says: ["unknown command 'frobnicate'", '--help'] },
    { wrong: 'an argument too many', args: ['doctor', 'now'], says: ["too many arguments for 'doctor'", '--help'] },
    { wrong: 'an option without its value', args: ['--config'], says: ["'--config <file>' argument missing"] },
    { wrong: 'an unknown log level', args: ['--log-level', 'loud'], says: ['debug, info, warn, error, silent'] },
    { wrong: 'a number that is none', args: ['demo', '--nodes', 'x'], says: ["'x' is invalid", 'whole number'] },
    { wrong: 'a speed of nothing', args: ['simulate', '--speed', '0'], says: ["'0' is invalid", 'above 0'] },
    { wrong: 'a demo too small to drain', args: ['demo', '--nodes', '4'], says: ['--nodes 4', 'give 6 to 200'] },
    { wrong: 'an unknown contractor', args: ['contractor', 'x'], says: ['no contractor "x"', 'contractor talos'] },
    { wrong: 'a contractor without name', args: ['contractor'], says: ["missing required argument 'name'"] },
    {
      wrong: 'a missing --config',
      args: [...home, '--config', '@none.json'],
      says: ['@none.json', 'Correct --config'],
    },
    {
      wrong: 'a missing --division',
      args: [...home, '--division', '@none.yaml'],
      says: ['@none.yaml', 'Correct --division'],
    },
    {
      wrong: 'an mcp.json that is no JSON',
      args: [...home, '--config', '@broken.json'],
      says: ['@broken.json', 'line 2, column 28', 'Correct @broken.json'],
    },
    {
      wrong: 'an mcp.json entry without command',
      args: [...home, '--config', '@wrong.json'],
      says: ['mcpServers.talos.command: is missing', 'Correct @wrong.json'],
    },
    {
      wrong: 'a division.yaml that is no YAML',
      args: [...home, '--division', '@broken.yaml'],
      says: ['@broken.yaml', 'line 3', 'Correct @broken.yaml'],
    },
    {
      wrong: 'an unknown key',
      args: [...home, '--division', '@unknown-key.yaml'],
      says: ['line 3, clusters.prod.moode: unknown key: did you mean "mode"?'],
    },
    {
      wrong: 'a contractor that mcp.json does not name',
      args: [...home, '--division', '@nobody.yaml'],
      says: ['clusters.prod.talos.contractor "talhelper"', 'add the contractor to mcp.json'],
    },
    {
      wrong: 'a contractor that is this server',
      args: [...home, '--config', '@self.json', '--division', '@self.yaml'],
      says: ['clusters.prod.talos.contractor "gm"', 'starts this server itself'],
    },
    { wrong: 'no home beside a division.yaml', args: ['--division', '@good.yaml'], says: ['no home', '--home DIR'] },
    { wrong: 'a home that is a file', args: ['--home', '@a-file'], says: ['@a-file', 'ENOTDIR', 'may write'] },
    { wrong: 'a home below a file', args: ['--home', '@a-file/home'], says: ['@a-file/home', 'ENOTDIR', 'may write'] },
    { wrong: 'an unknown principal', args: home, env: { GM_PRINCIPAL: 'king' }, says: ['GM_PRINCIPAL', 'operator'] },
    {
      wrong: 'a speed that is no number',
      args: home,
      env: { CONTAINERS_GM_SIMULATION_SPEED: 'fast' },
      says: ['CONTAINERS_GM_SIMULATION_SPEED', 'number'],
    },
    { wrong: 'a missing fleet', args: ['simulate', '--clusters', '@none.json'], says: ['@none.json', 'INPUT_INVALID'] },
    {
      wrong: 'a fleet that can’t be',
      args: [...home, 'simulate', '--clusters', '@small-fleet.json'],
      says: ['3 pods are fewer', 'ask for at least 30'],
    },
  ];

  it.each(table)('$wrong', async ({ args, env, says }) => {
    const { exitCode, stdout, stderr } = await runProgram(args.map(placed), env);
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 2, stdout: '' });
    for (const text of says) expect(stderr).toContain(placed(text));
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(await readdir(join(folder, 'home')), 'nothing was made').toEqual([]);
  });
});

it('a home that this user may not write to is one error with its remedy, exit code 2', async context => {
  const sealed = await mkdtemp(join(folder, 'sealed-'));
  const isRoot = process.getuid?.() === 0;
  // Root may write anywhere, so nobody runs a copy of the program that nobody may read.
  const copy = join(folder, 'dist');
  if (isRoot) {
    await cp(dirname(program), copy, { recursive: true });
    await chmod(folder, 0o755);
  }
  await chmod(sealed, 0o555);
  const asNobody = isRoot ? { program: join(copy, 'main.js'), uid: 65534 } : {};
  const ended = await runProgram(['--home', join(sealed, 'home')], {}, asNobody).catch(() => undefined);
  if (!ended) return context.skip('this Node may not be run by nobody');
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(`can't write to ${join(sealed, 'home')}`);
  expect(ended.stderr).toContain('Name a directory this user may write');
});

it('a fleet that can’t be simulated: the call says where the reason stands, and the server goes on', async () => {
  const home = await homeForTest();
  const environment = { ...home.environment, CONTAINERS_GM_SIMULATION_CLUSTERS: join(folder, 'small-fleet.json') };
  const host = await Host.open({ home: home.directory, environment });
  try {
    const { code, remedy } = await host.refusal('cluster_health', { cluster: CLUSTER });
    expect(code).toBe('KUBERNETES_UNAVAILABLE');
    expect(remedy).toContain(join(home.directory, 'simulation', 'simulation.log'));
    expect((await host.call('get_operation')).structured).toMatchObject({ operations_total: 0 });
  } finally {
    await host.close();
  }
});
