import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { diskFileSystem } from '../../src/division/file-system.ts';
import { acquireLock } from '../../src/division/lock.ts';
import { keptProcess, ownIdentity } from '../../src/host/process-identity.ts';
import { AT, temporaryFolder } from './fixtures/records.ts';

const CONTENDERS = 20;

let bundles: string;
let operations: string;

beforeAll(async () => {
  // Plain node starts twenty times in the time that tsx takes for five.
  bundles = await mkdtemp(join(tmpdir(), 'contend-lock-'));
  const entry = fileURLToPath(new URL('./fixtures/contend-lock.ts', import.meta.url));
  const outfile = join(bundles, 'contend-lock.mjs');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
});
afterAll(() => rm(bundles, { recursive: true, force: true }));

beforeEach(async () => {
  operations = join(await temporaryFolder(), 'operations');
  await mkdir(operations);
});

const locks = async () => (await readdir(operations)).filter(name => name.includes('lock')).sort();
const acquire = () => acquireLock(diskFileSystem, operations, AT);

async function plant(generation: number, fields: Record<string, unknown> = {}, acquiredAt = AT): Promise<string> {
  const text = `${JSON.stringify({ ...keptProcess(await ownIdentity()), acquired_at: acquiredAt, ...fields })}\n`;
  await writeFile(join(operations, `executor.lock.${generation}`), text);
  return text;
}

const DEAD = { pid: 2 ** 22 + 1 };

/** A process that is ready to try; killed with the test. */
async function contender(): Promise<{ pid: number | undefined; go: () => Promise<string> }> {
  const child = spawn(process.execPath, [join(bundles, 'contend-lock.mjs'), operations], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return {
    pid: child.pid,
    async go() {
      const said = once(lines, 'line');
      child.stdin.write('go\n');
      return String((await said)[0]);
    },
  };
}

describe('SAFETY 6: of executors that start at the same instant exactly one holds the directory', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['that is free', async () => undefined],
    ['whose executor is dead', () => plant(7, DEAD)],
    ['with the locks of several dead ones', () => Promise.all([plant(1, DEAD), plant(2, DEAD), plant(9, DEAD)])],
  ])(`${CONTENDERS} processes, a directory %s`, async (_, prepare) => {
    await prepare();
    const contenders = await Promise.all(Array.from({ length: CONTENDERS }, contender));
    const said = await Promise.all(contenders.map(({ go }) => go()));
    const holders = contenders.filter((_one, index) => said[index] === 'held');
    expect(holders, said.join('\n')).toHaveLength(1);
    for (const words of said) expect(words).toMatch(/^(held|refused DIRECTORY_LOCKED .*)$/);
    const [left, ...others] = await locks();
    expect(others).toEqual([]);
    expect(JSON.parse(await readFile(join(operations, left ?? ''), 'utf8'))).toMatchObject({ pid: holders[0]?.pid });
  });
});

describe('a lock file that was cut', () => {
  test.each([
    ['of a living process', {}],
    ['of a dead one', DEAD],
  ])('%s, at any byte: nothing shows that its owner is gone, so it is left, and named', async (_, fields) => {
    const whole = await plant(3, fields);
    const path = join(operations, 'executor.lock.3');
    // Without its last byte, the end of the line, it says all there is to say.
    for (let cut = 0; cut < whole.length - 1; cut += 1) {
      await writeFile(path, whole.slice(0, cut));
      await expect(acquire(), `cut at ${cut}`).rejects.toMatchObject({
        code: 'DIRECTORY_LOCKED',
        remedy: expect.stringContaining(path),
      });
      expect(await locks()).toEqual(['executor.lock.3']);
    }
  });
});

describe('no time decides', () => {
  test.each(['1970-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', 'never'])(
    'a lock since %s is kept from a living owner’s rivals, and taken from a dead owner',
    async acquiredAt => {
      await plant(1, {}, acquiredAt);
      await expect(acquire()).rejects.toMatchObject({ code: 'DIRECTORY_LOCKED' });
      await plant(1, DEAD, acquiredAt);
      expect((await acquire()).generation).toBe(2);
    },
  );
});

test.runIf(process.platform === 'linux')('the lock of a process that ended and is not reaped is taken', async () => {
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = await once(parent.stdout, 'data');
  const pid = Number(said);
  const isZombie = async () => / Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  await expect.poll(isZombie, { timeout: 5000 }).toBe(true);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  await plant(4, { pid, process_start_time: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] });
  expect(() => process.kill(pid, 0)).not.toThrow();
  expect((await acquire()).generation).toBe(5);
});
