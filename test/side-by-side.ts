/**
 * `tsx test/side-by-side.ts VIRTUAL REAL [options of vitest]`: two of vitest's projects at once. REAL runs whole divisions in real
 * processes against real clocks: it waits for much of its time, and comes first where both want a core. Exit code 1 when one fails; what failed is told last.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
/** Gives way to whatever runs at 0. Inherited by the processes that it starts. */
const NICE = 10;

const [first = '', second = '', ...options] = process.argv.slice(2);

const started = (project: string): ChildProcess =>
  spawn(process.execPath, [VITEST, 'run', '--project', project, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });

const exitOf = (run: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    run.once('error', reject);
    run.once('exit', code => resolve(code ?? 1));
  });

const textOf = async (stream: Readable | null): Promise<string> => (stream === null ? '' : text(stream));

const virtual = started(first);
if (virtual.pid !== undefined) setPriority(virtual.pid, NICE);
const real = started(second);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => [virtual, real].map(run => run.kill(signal)));
}
virtual.stdout?.pipe(process.stdout);
/** Told at their end: the results of REAL, as VIRTUAL writes meanwhile, and what failed in either. */
const results = textOf(real.stdout);
const failures = Promise.all([virtual, real].map(run => textOf(run.stderr)));
const exits = await Promise.all([exitOf(virtual), exitOf(real)]);
process.stdout.write(await results);
process.stderr.write((await failures).join(''));
process.exitCode = exits.some(code => code !== 0) ? 1 : 0;
