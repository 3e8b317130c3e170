/** Go's tabwriter with padding 3, as talosctl prints tables: every cell but the last of a line is padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  const lengthOf = (cell: string): number => Array.from(cell).length;
  for (const row of rows) {
    for (const [index, cell] of row.slice(0, -1).entries()) {
      widths[index] = Math.max(widths[index] ?? 0, lengthOf(cell));
    }
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) =>
        index === row.length - 1 ? cell : cell + ' '.repeat((widths[index] ?? 0) - lengthOf(cell) + 3),
      )
      .join('');
  return rows.map(row => `${line(row)}\n`).join('');
}
