/**
 * `npm run bench [-- NAME…] [--json] [--write]`: measurements, each beside its peers or its limit in the same run; all of them without a
 * name, each in a process of its own. `--json`: a JSON line for each. `--write`: all of them, into docs/performance.md. Exit code 1
 * when a target is missed, or when something could not be measured: then nothing is written.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { benches } from './benches.ts';
import { judge, type Row } from './result.ts';
import { json, lines, type Measured, performanceDocument, thisMachine } from './table.ts';

/** In a process of its own: what one bench leaves on the heap made the next one half again as slow. */
async function measureAlone(bench: string): Promise<Row[]> {
  const child = fork(fileURLToPath(new URL('./alone.ts', import.meta.url)), [bench]);
  let rows: Row[] | undefined;
  child.on('message', message => {
    rows = message as Row[];
  });
  const [code] = await once(child, 'exit');
  if (rows === undefined || code !== 0) throw new Error(`its process exited with ${code}`);
  return rows;
}

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
for (const bench of Object.keys(benches)) {
  if (named.length > 0 && !named.includes(bench)) continue;
  try {
    const start = performance.now();
    const rows = await measureAlone(bench);
    const one = { bench, rows, tookSeconds: Math.round((performance.now() - start) / 1000) };
    measured.push(one);
    process.stdout.write(`${given.includes('--json') ? json(one, machine) : lines(one, isColoured)}\n`);
  } catch (error) {
    hasFailed = true;
    process.stderr.write(`${bench} could not be measured: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
if (isWritten && !hasFailed) {
  const document = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
  await writeFile(document, performanceDocument(measured, machine));
}
const isMet = measured.every(({ rows }) => rows.every(row => judge(row).every(one => one.isMet)));
if (hasFailed || !isMet) process.exitCode = 1;
