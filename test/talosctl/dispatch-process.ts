import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import type { Attempt } from '../../src/talosctl/attempt.ts';
import { Receipts } from '../../src/talosctl/receipts.ts';
import { connection, machineAnswers } from './dispatch-fixture.ts';
import type { OneDispatch } from './fixtures/dispatch-once.ts';

/** How a dispatch in a process of its own ended. */
export type Ended = { state: string } | { errorClass: string; message: string } | 'killed';

export interface Ground {
  directory: string;
  receipts: Receipts;
  env: Record<string, string>;
  /** How often an upgrade was sent. */
  sent: () => Promise<number>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A folder of receipts and a talosctl that answers as a healthy machine; a shell script, for it is started hundreds of times. */
export async function ground(): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'receipts-'));
  const folder = await mkdtemp(join(tmpdir(), 'quick-talosctl-'));
  const { upgrade: _upgrade, reboot: _reboot, ...reads } = machineAnswers();
  const cases = Object.entries(reads).map(([key, { out = '' }]) => `${quoted(key)}*) printf %s ${quoted(out)};;`);
  const sent = join(folder, 'sent');
  const script = ['#!/bin/sh', 'case "$*" in', ...cases, `upgrade*) echo sent >>${quoted(sent)};;`, 'esac', ''];
  await writeFile(join(folder, 'talosctl'), script.join('\n'));
  await chmod(join(folder, 'talosctl'), 0o755);
  return {
    directory,
    receipts: new Receipts(directory),
    env: { HOME: folder, PATH: `${folder}:/usr/bin:/bin` },
    sent: async () => (await readFile(sent, 'utf8').catch(() => '')).split('\n').length - 1,
  };
}

let bundle: Promise<string> | undefined;

/** Bundled once a test file: plain node starts in a fraction of the time that tsx takes. */
async function bundled(): Promise<string> {
  const outfile = join(await mkdtemp(join(tmpdir(), 'dispatch-once-')), 'dispatch-once.mjs');
  const source = fileURLToPath(new URL('./fixtures/dispatch-once.ts', import.meta.url));
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

/** Starts a process that dispatches when it is told to `go`; killed with the test. */
export async function startDispatch(
  { directory, env }: Ground,
  attempt: Attempt,
  trouble: Pick<OneDispatch, 'cutAt' | 'stopAt' | 'identityHoldsMs'> = {},
): Promise<{ pid: number; go: () => Promise<Ended> }> {
  bundle ??= bundled();
  const asked: OneDispatch = { directory, env, attempt, connection, ...trouble };
  const child = spawn(process.execPath, [await bundle, JSON.stringify(asked)], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const lines: string[] = [];
  const reading = createInterface({ input: child.stdout });
  reading.on('line', line => lines.push(line));
  const read = once(reading, 'close');
  await once(reading, 'line');
  return {
    pid: child.pid ?? 0,
    async go() {
      child.stdin.on('error', () => undefined);
      child.stdin.write('go\n');
      const [, signal] = await ended;
      await read;
      return signal === 'SIGKILL' ? 'killed' : (JSON.parse(lines[1] ?? 'null') as Ended);
    },
  };
}
