import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { commands } from '../../src/talosctl/argv.ts';
import { ask } from '../../src/talosctl/ask.ts';
import { findTalosctl } from '../../src/talosctl/executable.ts';
import { runTalosctl } from '../../src/talosctl/run.ts';
import { fakeTalosctl } from './fake-talosctl.ts';
import { versionText } from './fixtures.ts';

const connection = { context: 'prod', node: '10.0.0.2', endpoints: ['10.0.0.3'] };
const signal = () => new AbortController().signal;

async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined || stat.includes(') Z ');
}

/** A program that starts a child, tells its pid, and never ends. */
const NEVER_ENDS = ['-c', 'sleep 600 & echo $! >&2; echo $!; wait'];

describe('runTalosctl', () => {
  it('keeps stdout, stderr and the exit code apart', async () => {
    const argv = ['-c', 'echo out; echo err >&2; exit 3'];
    const output = await runTalosctl({ executable: '/bin/sh', argv, env: {}, timeoutMs: 5000, signal: signal() });
    expect(output).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('at the deadline ends talosctl and all that it started, and says so', async () => {
    const fake = await fakeTalosctl();
    const file = join(fake.folder, 'pid');
    const argv = ['-c', `sleep 600 & echo $! >${file}; wait`];
    const run = runTalosctl({ executable: '/bin/sh', argv, env: fake.env, timeoutMs: 500, signal: signal() });
    await expect(run).rejects.toMatchObject({ errorClass: 'timeout' });
    const pid = Number(await readFile(file, 'utf8'));
    expect(pid).toBeGreaterThan(1);
    await vi.waitFor(async () => expect(await isGone(pid)).toBe(true), 5000);
  });

  it('an abort ends it at once', async () => {
    const controller = new AbortController();
    const run = runTalosctl({
      executable: '/bin/sh',
      argv: NEVER_ENDS,
      env: process.env,
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    controller.abort();
    await expect(run).rejects.toMatchObject({ errorClass: 'failed', message: 'the call was cancelled' });
  });

  it('what was aborted before is not begun', async () => {
    const fake = await fakeTalosctl({ version: { out: 'x' } });
    const run = {
      executable: fake.path,
      argv: ['version'],
      env: fake.env,
      timeoutMs: 5000,
      signal: AbortSignal.abort(),
    };
    await expect(runTalosctl(run)).rejects.toMatchObject({ errorClass: 'failed' });
    expect(await fake.calls()).toEqual([]);
  });

  it('more on stdout than allowed ends it', async () => {
    const argv = ['-c', 'while :; do echo xxxxxxxxxxxxxxxx; done'];
    const run = { executable: '/bin/sh', argv, env: {}, timeoutMs: 20_000, signal: signal(), maxStdoutBytes: 10_000 };
    await expect(runTalosctl(run)).rejects.toMatchObject({ errorClass: 'unintelligible' });
  });

  it('keeps the end of a long stderr', async () => {
    const argv = [
      '-c',
      'i=0; while [ $i -lt 30000 ]; do echo xxxxxxxxxxxxxxxx; i=$((i+1)); done >&2; echo last >&2; exit 1',
    ];
    const output = await runTalosctl({ executable: '/bin/sh', argv, env: {}, timeoutMs: 20_000, signal: signal() });
    expect(output.stderr.endsWith('last\n')).toBe(true);
    expect(output.stderr.length).toBeLessThan(200_000);
  });
});

describe('findTalosctl', () => {
  it('finds it on the PATH, or where TALOSCTL says', async () => {
    const fake = await fakeTalosctl();
    expect(await findTalosctl({ PATH: `/nowhere:${fake.folder}` })).toBe(fake.path);
    expect(await findTalosctl({ PATH: '/nowhere', TALOSCTL: fake.path })).toBe(fake.path);
  });

  it.each([
    ['an empty PATH', { PATH: '' }],
    ['a PATH without it', { PATH: '/nowhere' }],
    ['TALOSCTL that is no file', { TALOSCTL: '/nowhere/talosctl' }],
    ['TALOSCTL that is a folder', { TALOSCTL: '/usr' }],
    ['TALOSCTL that is not executable', { TALOSCTL: fileURLToPath(import.meta.url) }],
  ])('is missing with %s, and says what to do', async (_, env) => {
    await expect(findTalosctl(env)).rejects.toMatchObject({
      errorClass: 'talosctl_missing',
      code: 'CONTRACTOR_UNAVAILABLE',
      remedy: expect.stringContaining('TALOSCTL'),
    });
  });
});

describe('ask', () => {
  it('gives what was printed, with exactly the arguments it is meant to have', async () => {
    const fake = await fakeTalosctl({ version: { out: versionText('v1.13.9', { '10.0.0.2': 'v1.12.11' }) } });
    const talosctl = { env: { ...fake.env, TALOSCONFIG: '/etc/talosconfig' }, readTimeoutMs: 5000 };
    expect(await ask(talosctl, connection, commands.version(), { signal: signal() })).toContain('v1.12.11');
    expect(await fake.calls()).toEqual([
      ['version', '--talosconfig', '/etc/talosconfig', '--context', 'prod', '-n', '10.0.0.2', '-e', '10.0.0.3'],
    ]);
  });

  it('takes a warning that the one node did not answer for a failure, although the exit code is 0', async () => {
    const err = 'WARNING: 1 error occurred:\n\t* 10.0.0.2: rpc error: code = Unavailable desc = connection refused\n';
    const fake = await fakeTalosctl({ 'etcd alarm list': { err } });
    const answer = ask({ env: fake.env, readTimeoutMs: 5000 }, connection, commands.etcdAlarms(), { signal: signal() });
    await expect(answer).rejects.toMatchObject({ errorClass: 'unreachable' });
  });

  it('reaches nothing when a value is not of its form', async () => {
    const fake = await fakeTalosctl({ version: { out: 'x' } });
    const target = { ...connection, node: '--force' };
    const answer = ask({ env: fake.env, readTimeoutMs: 5000 }, target, commands.version(), { signal: signal() });
    await expect(answer).rejects.toMatchObject({ errorClass: 'invalid_argument' });
    expect(existsSync(join(fake.folder, 'calls.ndjson'))).toBe(false);
  });
});
