import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge, unfit } from './judge.ts';
import { mutated } from './mutant.ts';
import { mutants } from './mutants.ts';
import { project } from './tree-copy.ts';

const rules = [...Array.from({ length: 11 }, (_, index) => `SAFETY ${index + 1}`), 'authority', 'untrusted'];

describe('the mutants', () => {
  it.each(mutants)('$id changes what stands exactly once in $file', mutant => {
    const source = readFileSync(join(project, mutant.file), 'utf8');
    expect(mutated(mutant, source)).not.toBe(source);
  });

  it('each rule of SAFETY has one, and no two are of one name', () => {
    expect([...new Set(mutants.map(({ rule }) => rule))]).toEqual(rules);
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });

  it('are noticed by tests that are there', () => {
    const named = mutants.flatMap(({ tests }) => tests);
    expect(named.filter(test => !existsSync(join(project, test)))).toEqual([]);
  });
});

describe('a mutant that does not apply', () => {
  const mutant = { id: 'm', file: 'f.ts', text: 'a', replacement: 'b' };
  it.each([
    ['is not there', mutant, 'xyz', 'm: its text is not in f.ts'],
    ['is there twice', mutant, 'aa', 'm: its text is 2 times in f.ts'],
    ['changes nothing', { ...mutant, replacement: 'a' }, 'a', 'm: the replacement is the text itself'],
  ])('because its text %s is an error that says so', (_what, given, source, says) => {
    expect(() => mutated(given, source)).toThrow(says);
  });
});

const file = 'test/a.test.ts';
const ran = (status: string, failure = '', problem?: string) => ({
  files: [{ file, problem, tests: [{ title: 'holds', status, failure }] }],
  output: '',
});

describe('what a run says of a mutant', () => {
  it.each([
    ['a test that failed caught it', ran('failed', 'AssertionError: expected 1 to be 2'), 'caught'],
    ['tests that pass let it survive', ran('passed'), 'survived'],
    ['a file that does not load says nothing', ran('skipped', '', 'Transform failed'), 'error'],
    ['code that names what is not there says nothing', ran('failed', 'ReferenceError: x is not defined'), 'error'],
    ['a test that was not waited for says nothing', ran('failed', 'Error: Test timed out in 30000ms.'), 'error'],
    ['no test at all says nothing', ran('skipped'), 'error'],
  ])('%s', (_what, run, verdict) => {
    expect(judge(run).verdict).toBe(verdict);
  });

  it.each([
    ['there is no such file', ['test/b.test.ts'], 'holds', 'test/b.test.ts is no test file of the project parts'],
    ['no test has that title', [file], 'breaks', 'no test has a title like breaks'],
    ['it is there and passes', [file], 'hold', undefined],
  ])('its tests are fit for it or not: %s', (_what, tests, title, why) => {
    const named = { id: 'm', rule: 'r', breaks: '', file: 'f.ts', text: 'a', replacement: 'b', tests, title };
    expect(unfit(named, ran('passed'))).toBe(why);
  });
});
