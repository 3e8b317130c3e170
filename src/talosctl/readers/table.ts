import { unintelligible } from '../errors.ts';

/** One row: cell text by position. Names may repeat (`talosctl get version` has two VERSION columns). */
export interface Table {
  names: readonly string[];
  rows: readonly (readonly string[])[];
}

interface Column {
  name: string;
  start: number;
}

function columnsOf(header: string): Column[] {
  return [...header.matchAll(/\S+(?: \S+)*/g)].map(match => ({ name: match[0], start: match.index }));
}

function cellsOf(line: string, columns: readonly Column[], what: string): string[] {
  const characters = Array.from(line);
  return columns.map(({ start }, index) => {
    const isTorn = start > 0 && start < characters.length && characters[start - 1] !== ' ';
    if (isTorn) unintelligible(`a row of ${what}`, line);
    return characters
      .slice(start, columns[index + 1]?.start)
      .join('')
      .trim();
  });
}

/**
 * Slices a table by the offsets of its header: cells may be empty or hold single spaces, so splitting would shift them
 * (contractors 3). Throws when the header lacks one of `required`, or a row does not stand under it.
 */
export function readTable(text: string, required: readonly string[], what: string): Table {
  const [header, ...lines] = text
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '');
  if (header === undefined) unintelligible(what, text);
  const columns = columnsOf(header);
  const names = columns.map(column => column.name);
  if (required.some(name => !names.includes(name))) unintelligible(`the header of ${what}`, header);
  return { names, rows: lines.map(line => cellsOf(line, columns, what)) };
}

/** The cell of a row under the first column of that name; empty when the table has no such column. */
export function cell(table: Table, row: readonly string[], name: string): string {
  const index = table.names.indexOf(name);
  return index === -1 ? '' : (row[index] ?? '');
}
