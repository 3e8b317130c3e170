import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { nearTo } from '../../../src/decisions/understanding/edit-distance.ts';

/** The definition, without any shortcut. */
function distance(left: string, right: string): number {
  const rows = Array.from({ length: left.length + 1 }, (_, row) => [row]);
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let column = 0; column <= right.length; column += 1) rows[0]?.splice(column, 1, column);
  for (let row = 1; row <= left.length; row += 1) {
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(left.length, right.length);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '1'), maxLength: 9 });

test.prop([word, word, fc.constantFrom(1, 2)], { numRuns: 5000 })(
  'words are near when, and only when, they are at most so many edits apart',
  (left, right, limit) => {
    expect(nearTo(left, limit)(right)).toBe(distance(left, right) <= limit);
  },
);
