import { unintelligible } from '../errors.ts';
import { cell, readTable } from './table.ts';

export interface MemoryReading {
  total_mb: number;
  used_mb: number;
  free_mb: number;
  available_mb: number;
}

const WHAT = 'the answer of talosctl memory';

/** `talosctl memory` of one node, in MB (contractors 3.6). */
export function readMemory(text: string): MemoryReading {
  const table = readTable(text, ['TOTAL', 'USED', 'FREE', 'AVAILABLE'], WHAT);
  const [row, ...others] = table.rows;
  if (row === undefined || others.length > 0) unintelligible(WHAT, text);
  const megabytes = (column: string): number => {
    const value = cell(table, row, column);
    return /^\d+$/.test(value) ? Number(value) : unintelligible(`${column} of ${WHAT}`, value);
  };
  return {
    total_mb: megabytes('TOTAL'),
    used_mb: megabytes('USED'),
    free_mb: megabytes('FREE'),
    available_mb: megabytes('AVAILABLE'),
  };
}
