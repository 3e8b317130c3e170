// Which requirement is proved by which test: `node scripts/ledger.mjs [--json] [--rows FILE] [--tests FOLDER]`.
// A test names what it proves in its title (`R41: …`, `R57 to R73`, `D1, D3: …`) or in a row of the table it goes through. Static: no test runs.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { idsIn, titlesOf } from './test-titles.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: join(root, 'test/ledger/rows.jsonl') },
    tests: { type: 'string', default: join(root, 'test') },
  },
});

const rows = readFileSync(options.rows, 'utf8')
  .split('\n')
  .filter(line => line !== '')
  .map(line => JSON.parse(line));

const files = readdirSync(options.tests, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.test.ts') && !path.includes('node_modules'))
  .sort();

/** Id → the tests that name it, as "file: title". */
const proofs = new Map(rows.map(({ id }) => [id, []]));
const unknown = new Set();
for (const file of files) {
  const name = relative(root, join(options.tests, file)).replaceAll('\\', '/');
  for (const title of titlesOf(readFileSync(join(options.tests, file), 'utf8'))) {
    for (const id of idsIn(title)) {
      const tests = proofs.get(id);
      if (tests === undefined) unknown.add(`${id} in ${name}`);
      else tests.push(`${name}: ${title}`);
    }
  }
}

const missing = rows.map(({ id }) => id).filter(id => proofs.get(id).length === 0);
const proved = rows.length - missing.length;

const say = line => process.stdout.write(`${line}\n`);
if (options.json) {
  say(JSON.stringify({ rows: rows.length, proved, missing }));
} else {
  for (const { id, seed, behaviour } of rows) {
    say(`${id}${seed === undefined ? '' : ` (seed ${seed})`}: ${behaviour}`);
    const tests = proofs.get(id);
    for (const test of tests.length > 0 ? tests : ['missing']) say(`    ${test}`);
  }
  for (const id of unknown) say(`no such row: ${id}`);
  say(`missing: ${missing.join(', ') || 'none'}`);
  say(`${proved} of ${rows.length} rows are proved by a test that names them, ${missing.length} are missing`);
}
