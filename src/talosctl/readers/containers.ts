import { unintelligible } from '../errors.ts';
import { cell, readTable, type Table } from './table.ts';

export interface ContainerReading {
  namespace: string;
  /** Of a pod's container namespace/pod:container:id, without the branch talosctl draws before it. */
  id: string;
  image: string;
  pid: number;
  status: string;
}

export interface ContainerUsageReading {
  namespace: string;
  id: string;
  memory_mb: number;
  cpu_nanoseconds: number;
}

const WHAT = 'the answer of talosctl containers';
const STATS = 'the answer of talosctl stats';

function numberIn(table: Table, row: readonly string[], column: string, what: string): number {
  const value = cell(table, row, column);
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : unintelligible(`${column} of ${what}`, row.join('   '));
}

const idOf = (table: Table, row: readonly string[]): string => cell(table, row, 'ID').replace(/^└─ /, '');

/** Sandboxes and containers of `talosctl containers` (contractors 3.6). */
export function readContainers(text: string): ContainerReading[] {
  const table = readTable(text, ['NAMESPACE', 'ID', 'IMAGE', 'PID', 'STATUS'], WHAT);
  return table.rows.map(row => ({
    namespace: cell(table, row, 'NAMESPACE'),
    id: idOf(table, row),
    image: cell(table, row, 'IMAGE'),
    pid: numberIn(table, row, 'PID', WHAT),
    status: cell(table, row, 'STATUS'),
  }));
}

/** Memory and processor time of `talosctl stats`. */
export function readStats(text: string): ContainerUsageReading[] {
  const table = readTable(text, ['NAMESPACE', 'ID', 'MEMORY(MB)', 'CPU'], STATS);
  return table.rows.map(row => ({
    namespace: cell(table, row, 'NAMESPACE'),
    id: idOf(table, row),
    memory_mb: numberIn(table, row, 'MEMORY(MB)', STATS),
    cpu_nanoseconds: numberIn(table, row, 'CPU', STATS),
  }));
}
