import { chmod, chown, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { divisionSchema } from '../src/config.ts';
import { newUser, self, smallDivision, type User } from './config/fixture.ts';

let user: User;
beforeEach(async () => {
  user = await newUser();
});

const shipped = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const uid = process.getuid?.() ?? 'user';

describe('without any configuration', () => {
  test('the division is the simulated one, in a private folder of the temporary directory', async () => {
    const config = await user.load();
    expect(config).toMatchObject({
      simulated: true,
      clusters: [],
      home: user.path(`containers-gm-${uid}`),
      divisionDirectory: join(config.home, 'coordination', 'divisions', 'containers'),
      snapshotDirectory: join(config.home, 'snapshots'),
      simulation: { directory: join(config.home, 'simulation'), speed: 60, seed: 1 },
      contractors: { talos: { command: self[0], args: [self[1], 'contractor', 'talos'], env: {} } },
      budget: { daily_tokens: 15_000 },
      principal: 'operator',
      logLevel: 'info',
      self,
    });
    expect((await stat(config.home)).mode & 0o777).toBe(0o700);
    expect(await readdir(config.home)).toEqual([]);
  });

  test('a folder there that others may enter is closed to them', async () => {
    const home = user.path(`containers-gm-${uid}`);
    await mkdir(home);
    await chmod(home, 0o777);
    await user.load();
    expect((await stat(home)).mode & 0o777).toBe(0o700);
  });

  test('a link or a file in its place is refused', async () => {
    await symlink(user.home, user.path(`containers-gm-${uid}`));
    expect(await user.refused()).toMatchObject({ exitCode: 2, remedy: expect.stringContaining('--home') });
  });

  test.runIf(uid === 0)('a folder of another user in its place is refused', async () => {
    const home = user.path('containers-gm-0');
    await mkdir(home);
    await chown(home, 12_345, 12_345);
    expect((await user.refused()).message).toContain("not a directory of this user's own");
  });

  test('all of it is frozen', async () => {
    const config = await user.load();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.contractors.talos?.args)).toBe(true);
    expect(Object.isFrozen(config.budget.categories)).toBe(true);
  });
});

describe('the home', () => {
  test('is --home before CORTEX_HOME, ~ and relative paths resolved, and is not made', async () => {
    const env = { HOME: user.home, CORTEX_HOME: user.path('variable') };
    expect((await user.load({ env })).home).toBe(user.path('variable'));
    expect((await user.load({ env, home: '~/gm' })).home).toBe(join(user.home, 'gm'));
    expect((await user.load({ env, home: relative(process.cwd(), user.path('gm')) })).home).toBe(user.path('gm'));
    expect(await readdir(user.home)).toEqual([]);
  });

  test('is needed with a division file: none is made by default', async () => {
    const divisionFile = await user.write('division.yaml', smallDivision);
    expect(await user.refused({ divisionFile })).toMatchObject({
      code: 'INPUT_INVALID',
      exitCode: 2,
      remedy: expect.stringMatching(/--home DIR.*CORTEX_HOME/),
    });
  });

  test('that can’t be written is one clear error', async () => {
    const file = await user.write('file', '');
    for (const home of [file, join(file, 'below')]) {
      expect(await user.refused({ home })).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/can't write to .*named by --home \(ENOTDIR\)/),
        remedy: expect.stringContaining(home),
      });
    }
  });
});

describe('a value that is not allowed', () => {
  test.each([
    ['GM_PRINCIPAL', { env: { GM_PRINCIPAL: 'operater' } }, /GM_PRINCIPAL is none of viewer, operator/, /operator/],
    ['--log-level', { logLevel: 'loud' }, /--log-level is none of trace/, /Set --log-level/],
    ['the speed', { env: { CONTAINERS_GM_SIMULATION_SPEED: 'fast' } }, /SIMULATION_SPEED is not a number/, /Correct/],
  ])('of %s is refused with the fix', async (_title, options, message, remedy) => {
    expect(await user.refused(options)).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  test.each(['viewer', 'operator', 'coo', 'cortex-prime'])('is not %s as GM_PRINCIPAL', async principal => {
    expect((await user.load({ env: { GM_PRINCIPAL: principal } })).principal).toBe(principal);
  });
});

describe('a file named but not there', () => {
  test.each([
    ['--config', (path: string) => ({ configFile: path })],
    ['--division', (path: string) => ({ divisionFile: path })],
    ['CONTAINERS_GM_CONFIG', (path: string) => ({ env: { CONTAINERS_GM_CONFIG: path } })],
    ['CONTAINERS_GM_DIVISION', (path: string) => ({ env: { CONTAINERS_GM_DIVISION: path } })],
  ])('by %s is an error, never the simulation', async (namedBy, options) => {
    expect(await user.refused({ home: user.home, ...options(user.path('none')) })).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`none, named by ${namedBy}: there is no such file`)),
    });
  });

  test('by nobody is not looked for in the working directory', async () => {
    expect((await user.load()).simulated).toBe(true);
    expect(await readdir(shipped('.'))).toContain('division.yaml');
  });
});

describe('the shipped examples', () => {
  test('work together as they are', async () => {
    const config = await user.load({
      configFile: shipped('mcp.json'),
      divisionFile: shipped('division.yaml'),
      home: user.home,
    });
    expect(config.simulated).toBe(false);
    expect(config.clusters.map(cluster => [cluster.name, cluster.mode])).toEqual([
      ['staging', 'observe'],
      ['production', 'observe'],
    ]);
    expect(Object.keys(config.contractors)).toEqual(['talos', 'talos-a2a']);
  });

  test('have a JSON Schema that says what is read', async () => {
    const schema = `${JSON.stringify(divisionSchema(), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot(shipped('docs/division.schema.json'));
  });
});
