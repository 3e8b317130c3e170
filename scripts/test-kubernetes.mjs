// Runs the suites that hold for every API server against a real one: npm run test:kubernetes -- --kubeconfig F
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `npm run test:kubernetes -- --kubeconfig F [part of a file's name …]

Runs the eviction, watch, patch and apply suites against the server of F's current context, in a namespace of their own
that is removed afterwards. test/README.md says how to get a server.`;

/** Ends with what is wrong and how it is meant. */
function refuse(reason) {
  process.stderr.write(`${reason}\n\n${USAGE}\n`);
  process.exit(2);
}

function argumentsGiven() {
  try {
    return parseArgs({ options: { kubeconfig: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    return refuse(error.message);
  }
}

const { values, positionals } = argumentsGiven();
if (values.kubeconfig === undefined) refuse('--kubeconfig is missing');
const kubeconfig = resolve(process.env.INIT_CWD ?? '.', values.kubeconfig);
try {
  accessSync(kubeconfig, constants.R_OK);
} catch {
  refuse(`${kubeconfig} cannot be read`);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.kubernetes.config.ts', ...positionals], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CONTAINERS_GM_TEST_KUBECONFIG: kubeconfig },
});
// Ctrl-C reaches both; the namespace is removed by the tests' own end, which this waits for.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', code => process.exit(code ?? 1));
