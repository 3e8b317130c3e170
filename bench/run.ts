/**
 * `npm run bench [-- NAME…] [--json] [--write]`: measurements, each beside its peers or its limit in the same run; all of them without a
 * name. `--json`: a JSON line for each. `--write`: all of them, into docs/performance.md. Exit code 1 when a target is missed, or
 * when something could not be measured: then nothing is written.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { judge, type Row } from './result.ts';
import { json, lines, type Measured, performanceDocument, thisMachine } from './table.ts';

const benches: Readonly<Record<string, () => Promise<Row[]>>> = {
  'cold-start': async () => (await import('./cold-start.ts')).coldStart(),
  'tools-list': async () => (await import('./tools-list.ts')).toolsList(),
  'memory-at-rest': async () => (await import('./memory-at-rest.ts')).memoryAtRest(),
  'watch-memory': async () => (await import('./watch-memory.ts')).watchMemory(),
  'largest-result': async () => (await import('./largest-result.ts')).largestResult(),
  'upgrade-tokens': async () => (await import('./upgrade-tokens.ts')).upgradeTokens(),
  'drain-requests': async () => (await import('./drain-requests.ts')).drainRequests(),
  'journal-append': async () => (await import('./journal-append.ts')).journalAppend(),
  'resume-after-kill': async () => (await import('./resume-after-kill.ts')).resumeAfterKill(),
  'simulation-ready': async () => (await import('./simulation-ready.ts')).simulationReady(),
  'simulation-day': async () => (await import('./simulation-day.ts')).simulationDay(),
  packing: async () => (await import('./packing.ts')).packing(),
  'simulation-fleet': async () => (await import('./simulation-fleet.ts')).simulationFleet(),
  forecast: async () => (await import('./forecast.ts')).forecastQuality(),
};

const OPTIONS = ['--json', '--write'];
const given = process.argv.slice(2);
const named = given.filter(argument => !argument.startsWith('--'));
const unknown = given.filter(argument => !(argument in benches) && !OPTIONS.includes(argument));
const isWritten = given.includes('--write');
if (unknown.length > 0 || (isWritten && named.length > 0)) {
  const why = unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : '--write is for all of them';
  process.stderr.write(`${why}\ngive none or some of: ${Object.keys(benches).join(', ')}; and ${OPTIONS.join(', ')}\n`);
  process.exit(2);
}

const machine = thisMachine();
const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
const measured: Measured[] = [];
let hasFailed = false;
for (const [bench, measure] of Object.entries(benches)) {
  if (named.length > 0 && !named.includes(bench)) continue;
  try {
    const start = performance.now();
    const rows = await measure();
    const one = { bench, rows, tookSeconds: Math.round((performance.now() - start) / 1000) };
    measured.push(one);
    process.stdout.write(`${given.includes('--json') ? json(one, machine) : lines(one, isColoured)}\n`);
  } catch (error) {
    hasFailed = true;
    process.stderr.write(`${bench} could not be measured: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}
if (isWritten && !hasFailed) {
  const document = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
  await writeFile(document, performanceDocument(measured, machine));
}
const isMet = measured.every(({ rows }) => rows.every(row => judge(row).every(one => one.isMet)));
if (hasFailed || !isMet) process.exitCode = 1;
