import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cell, readTable } from '../../../src/talosctl/readers/table.ts';
import { refusal } from '../refusal.ts';

/** tabwriter's own layout: columns as wide as their widest cell, three spaces between. */
function layout(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => Array.from(row[column] ?? '').length)));
  const pad = (text: string, width: number) => text + ' '.repeat(width - Array.from(text).length + 3);
  return `${rows.map(row => row.map((text, column) => pad(text, widths[column] ?? 0)).join('')).join('\n')}\n`;
}

describe('readTable', () => {
  it('takes the first of two columns of one name (get.version.dup-column)', () => {
    const text = layout([
      ['NODE', 'NAMESPACE', 'TYPE', 'ID', 'VERSION', 'VERSION'],
      ['10.0.10.12', 'runtime', 'Version', 'version', '1', 'v1.12.7'],
    ]);
    const table = readTable(text, ['VERSION'], 'x');
    expect(table.rows[0]?.at(-1)).toBe('v1.12.7');
    expect(cell(table, table.rows[0] ?? [], 'VERSION')).toBe('1');
  });

  it('keeps cells under their columns where some are empty and some hold characters of several bytes', () => {
    const table = readTable(
      layout([
        ['NODE', 'ID', 'NAME'],
        ['a', '', '└─ x'],
        ['', 'b', ''],
      ]),
      ['NODE', 'NAME'],
      'x',
    );
    expect(table.rows).toEqual([
      ['a', '', '└─ x'],
      ['', 'b', ''],
    ]);
  });

  it.each([
    ['no text', ''],
    ['a header without a required column', 'NODE   ID\na      b\n'],
    ['another text', 'Error: something'],
    ['a row that runs across its column', 'NODE   NAME\nabcdefghij   x\n'],
  ])('does not understand %s', (_, text) =>
    expect(refusal(() => readTable(text, ['NODE', 'NAME'], 'x'))).toBe('unintelligible'),
  );

  const word = fc.stringMatching(/^[A-Za-z0-9._:/%()-]{1,12}$/);
  const cellText = fc.oneof(
    fc.constant(''),
    word,
    fc.tuple(word, word).map(words => words.join(' ')),
  );

  it('law: reads back what tabwriter lays out, empty cells and single spaces included', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cellText, cellText, cellText), { minLength: 1, maxLength: 6 }), rows => {
        const kept = rows.filter(row => row.some(text => text !== ''));
        const table = readTable(layout([['NODE', 'DB SIZE', 'LAST EVENT'], ...kept]), ['DB SIZE'], 'x');
        expect(table.rows).toEqual(kept);
      }),
    );
  });
});
