/**
 * `npm run test:crash [-- options of vitest]`: beside what is ended in one process on virtual time, the real processes, whose clocks
 * are real. Those wait for much of their time and come first where both want a core. Exit code 1 when one of the two fails.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
/** Gives way to whatever runs at 0. Inherited by the processes that it starts. */
const NICE = 10;

const started = (project: string, stdout: 'inherit' | 'pipe'): ChildProcess =>
  spawn(process.execPath, [VITEST, 'run', '--project', project, ...process.argv.slice(2)], {
    stdio: ['ignore', stdout, 'inherit'],
  });

const exitOf = (run: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    run.once('error', reject);
    run.once('exit', code => resolve(code ?? 1));
  });

const virtual = started('crash', 'inherit');
if (virtual.pid !== undefined) setPriority(virtual.pid, NICE);
const real = started('crash-real', 'pipe');
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => [virtual, real].map(run => run.kill(signal)));
}
/** Told in one piece at its end, as the other writes meanwhile. */
const told = real.stdout === null ? '' : text(real.stdout);
const exits = await Promise.all([exitOf(virtual), exitOf(real)]);
process.stdout.write(await told);
process.exitCode = exits.some(code => code !== 0) ? 1 : 0;
