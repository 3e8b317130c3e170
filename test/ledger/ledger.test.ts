import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/ledger.mjs', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-gm-ledger-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const ledger = async (...options: string[]): Promise<string> =>
  (await run(process.execPath, [script, ...options])).stdout;

/** Rows R1 to R9 and D1, D2, and one test file that holds `source`. */
async function proofsOf(source: string): Promise<{ rows: number; proved: number; missing: string[] }> {
  const tests = await mkdtemp(join(folder, 'tests-'));
  await mkdir(join(tests, 'inner', 'node_modules'), { recursive: true });
  await writeFile(join(tests, 'inner', 'some.test.ts'), source);
  await writeFile(join(tests, 'inner', 'node_modules', 'theirs.test.ts'), "it('R1 R2 R3 of somebody else', run);");
  await writeFile(join(tests, 'inner', 'fixture.ts'), "it('R1 R2 R3 of no test file', run);");
  const rows = join(tests, 'rows.jsonl');
  const ids = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'D1', 'D2'];
  await writeFile(rows, ids.map(id => `${JSON.stringify({ id, type: 'P', behaviour: `does ${id}` })}\n`).join(''));
  return JSON.parse(await ledger('--json', '--rows', rows, '--tests', tests));
}

const all = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'D1', 'D2'];
const allBut = (...proved: string[]): string[] => all.filter(id => !proved.includes(id));

describe('what the titles of tests prove', () => {
  it.each([
    ['one id', "it('R2: holds', () => {});", '= R2'],
    ['a list', "test('R1, R3 and D2: hold', () => {});", '= R1 R3 D2'],
    ['a range in words', "describe('R2 to R4: hold', () => {});", '= R2 R3 R4'],
    ['a range with a dash', "it('R6–R8: hold', () => {});", '= R6 R7 R8'],
    ['a short hyphen', "it('R6-R7: hold', () => {});", '= R6 R7'],
    ['another quote', 'it("R5: doesn\'t", () => {});', '= R5'],
    ['a template', 'it(`R5: holds`, () => {});', '= R5'],
    ['the title of a table', "it.each([[1, ')'], [2, ']']])('R9: %i', () => {});", '= R9'],
    ['the title of a typed table', "it.each<Case>(cases)('R9: $what', () => {});", '= R9'],
    ['rows of a table', "it.each([['R1: a', 1], ['R2: b', 2]])('%s', () => {});", '= R1 R2'],
    ['rows of a named table', "const cases = [{ what: 'R4: a' }];\nit.each(cases)('$what', () => {});", '= R4'],
    ['a law', "import { test as law } from 'x';\nlaw.prop([fc.nat()], { numRuns: 9 })('R7: law', () => {});", '= R7'],
    ['a condition', "it.skipIf(!here)('R8: holds', () => {});", '= R8'],
    ['a title below', "describe('x', () => {\n  it(\n    'R3: long',\n    () => {},\n  );\n});", '= R3'],
  ])('are found: %s', async (_what, source, ids) => {
    const proved = ids.split(' ').slice(1);
    expect(await proofsOf(source)).toEqual({ rows: 11, proved: proved.length, missing: allBut(...proved) });
  });

  it.each([
    ['in a comment', "// it('R1: holds', () => {});\n/* it('R2: x', () => {}) */"],
    ['in another call', "expect('R1: holds'); suite.it('R2: x', () => {});"],
    ['in a body', "it('holds', () => { const id = 'R1'; });"],
    ['of a test that is left out', "it.skip('R1: holds', () => {}); it.todo('R2: x');"],
    ['of a longer word', "it('R1a XR2 R1000 hold', () => {});"],
    ['in a regular expression', 'const rule = /it("R1", /; it(\'holds\', () => {});'],
    ['of rows whose title shows none of them', "it.each([['R1: a']])('holds', () => {});"],
  ])('count for nothing %s', async (_what, source) => {
    expect(await proofsOf(source)).toEqual({ rows: 11, proved: 0, missing: all });
  });

  it('go on behind a regular expression with quotes in it', async () => {
    const source = "const quotes = text.replaceAll(/['\"`]/g, '');\nit('R1: holds', () => {});";
    expect((await proofsOf(source)).missing).toEqual(allBut('R1'));
  });
});

describe('this project’s ledger', () => {
  it('has every row once: 348 of the seed, 16 of its surroundings', async () => {
    const { rows, proved, missing } = JSON.parse(await ledger('--json')) as {
      rows: number;
      proved: number;
      missing: string[];
    };
    expect(rows).toBe(364);
    expect(proved + missing.length).toBe(rows);
    expect(new Set(missing).size).toBe(missing.length);
  });

  it('names no id that is no row, and says for each row which tests prove it, or that none does', async () => {
    const text = await ledger();
    expect(text).not.toContain('no such row');
    const lines = text.split('\n');
    const at = lines.findIndex(line => line.startsWith('R110 (seed 182): '));
    expect(lines[at + 1]).toMatch(/^ {4}test\/.*\.test\.ts: R110: /);
    expect(lines.filter(line => /^[RD]\d+( \(seed [^)]+\))?: /.test(line))).toHaveLength(364);
    expect(lines.at(-2)).toMatch(/^\d+ of 364 rows are proved by a test that names them, \d+ are missing$/);
  });
});
