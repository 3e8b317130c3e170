import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readJsonValues } from '../../../src/decisions/knowledge.ts';

const one = { pattern_id: 'one', name: 'One', nested: { braces: 'a } and a { and "quotes"' } };
const two = { pattern_id: 'two', steps: ['a', 'b'] };
const compact = (...values: unknown[]): string => values.map(value => `${JSON.stringify(value)}\n`).join('');
const pretty = (...values: unknown[]): string => values.map(value => `${JSON.stringify(value, null, 2)}\n`).join('');
const valuesOf = (text: string): unknown[] => readJsonValues(text).values.map(({ value }) => value);

describe('files of JSON values', () => {
  it.each([
    ['one a line', compact(one, two)],
    ['pretty-printed, as it exists in the wild', pretty(one, two)],
    ['with empty lines between', `\n${compact(one)}\n\n${compact(two)}`],
    ['with a byte order mark and DOS line ends', `\uFEFF${compact(one, two).replaceAll('\n', '\r\n')}`],
    ['without a last newline', compact(one, two).trimEnd()],
    ['behind one another on one line', JSON.stringify(one) + JSON.stringify(two)],
    ['separated by commas', `${JSON.stringify(one)},\n${JSON.stringify(two)}`],
    ['as one array', pretty([one, two])],
    ['one compact, one pretty-printed', compact(one) + pretty(two)],
  ])('R289: %s: both are read, nothing is bad', (_title, text) => {
    expect(readJsonValues(text).bad).toEqual([]);
    expect(valuesOf(text)).toEqual([one, two]);
  });

  it.each([
    ['a line cut off', `${compact(one)}{"pattern_id":"torn","na\n${compact(two)}`, [2]],
    ['a torn end', `${compact(one, two)}{"pattern_id":"to`, [3]],
    ['a line that is no JSON', `${compact(one)}<<<<<<< HEAD\n${compact(two)}`, [2]],
    ['a pretty-printed one cut off', `${pretty(one)}{\n  "pattern_id": "torn",\n${pretty(two)}`, [8]],
    ['a text, a number', `${compact(one)}${compact(two)}"text"\n5\n`, [3]],
    ['a list of texts', compact(one, two, ['a', 'b']), [3, 3]],
  ])('R289: %s: it alone is skipped, and reported with its line', (_title, text, lines) => {
    const { bad } = readJsonValues(text);
    expect(valuesOf(text)).toEqual([one, two]);
    expect(bad.map(({ line }) => line)).toEqual(lines);
  });

  test.prop([fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.boolean()])(
    'law: what was written is read, compact or not',
    (objects, isPretty) => {
      const text = (isPretty ? pretty : compact)(...objects);
      expect(readJsonValues(text)).toMatchObject({ bad: [] });
      expect(compact(...valuesOf(text))).toBe(compact(...objects));
    },
  );

  test.prop([fc.string()])('law: any text is read without an error', text => {
    const { values, bad } = readJsonValues(text);
    expect(values.length + bad.length).toBeGreaterThanOrEqual(0);
  });

  it('a thousand long lines are read within a second', () => {
    const long = compact(...Array.from({ length: 1000 }, (_, index) => ({ index, text: 'x'.repeat(4000) })));
    const startedAt = performance.now();
    expect(readJsonValues(long).values).toHaveLength(1000);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
