/** How far two words are apart, in edits: a letter more, less, another, or two neighbours swapped (optimal string alignment). */

/** The letters of a word as bits; digits and marks share the upper ones. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let index = 0; index < word.length; index += 1) {
    const code = word.charCodeAt(index) - 97;
    bits |= 1 << (code >= 0 && code < 26 ? code : 26 + (Math.abs(code) % 6));
  }
  return bits;
}

function bitsIn(value: number): number {
  let count = 0;
  for (let left = value; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** What is left of both without their common beginning and end. */
function core(left: string, right: string): [string, string] {
  let start = 0;
  const shorter = Math.min(left.length, right.length);
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  return [left.slice(start, left.length - end), right.slice(start, right.length - end)];
}

/** Only the diagonal's neighbourhood is computed: O(limit × length). */
function isAligned(left: string, right: string, limit: number): boolean {
  const far = limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current: number[] = [];
    current[0] = row;
    let least = row;
    for (let column = Math.max(1, row - limit); column <= Math.min(right.length, row + limit); column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (previous[column] ?? far) + 1,
        (current[column - 1] ?? far) + 1,
        (previous[column - 1] ?? far) + (isSame ? 0 : 1),
      );
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, (before[column - 2] ?? far) + 1);
      }
      current[column] = cost;
      least = Math.min(least, cost);
    }
    if (least > limit) return false;
    [before, previous] = [previous, current];
  }
  return (previous[right.length] ?? far) <= limit;
}

/** A word to be compared with many. */
export function nearTo(word: string, limit: number): (other: string) => boolean {
  const letters = lettersOf(word);
  return other => {
    if (Math.abs(word.length - other.length) > limit) return false;
    if (bitsIn(letters ^ lettersOf(other)) > 2 * limit) return false;
    const [left, right] = core(word, other);
    return isAligned(left, right, limit);
  };
}

/** How many edits a word of this length may be off and still be meant: none below four letters, one below eight, else two. */
export const editsAllowed = (length: number): number => (length < 4 ? 0 : length < 8 ? 1 : 2);
