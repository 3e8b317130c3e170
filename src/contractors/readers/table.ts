/**
 * talosctl's tables, cut by the offsets of their header, because cells may be empty or hold single spaces
 * (contractors 3). Undefined when no line is a header with all `columns`: such text is not understood.
 */
export function readTable(text: string, columns: readonly string[]): Record<string, string>[] | undefined {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '');
  const headerIndex = lines.findIndex(line =>
    columns.every(column => headings(line).some(([name]) => name === column)),
  );
  const header = lines[headerIndex];
  if (header === undefined) return undefined;
  const found = headings(header);
  return lines.slice(headerIndex + 1).map(line => {
    const row: Record<string, string> = {};
    found.forEach(([name, start], index) => {
      row[name] = line.slice(start, found[index + 1]?.[1]).trim();
    });
    return row;
  });
}

/** Column names stand two or more spaces apart; a name may hold single spaces. */
function headings(line: string): [name: string, start: number][] {
  return [...line.matchAll(/\S+(?: \S+)*/g)].map(match => [match[0], match.index]);
}
