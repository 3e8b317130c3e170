import { unintelligible } from '../errors.ts';
import { cell, readTable } from './table.ts';

export interface ContextsReading {
  current: string | undefined;
  contexts: { name: string; endpoints: string[]; nodes: string[] }[];
}

const WHAT = 'the answer of talosctl config contexts';

/** talosctl shows three nodes at most and then "...". */
function listOf(text: string): string[] {
  return text
    .replace(/\.\.\.$/, '')
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
}

/** Reads `talosctl config contexts`. No row means a talosconfig without contexts. */
export function readConfigContexts(text: string): ContextsReading {
  const table = readTable(text, ['CURRENT', 'NAME', 'ENDPOINTS', 'NODES'], WHAT);
  let current: string | undefined;
  const contexts = table.rows.map(row => {
    const name = cell(table, row, 'NAME');
    if (name === '') unintelligible(WHAT, row.join('   '));
    if (cell(table, row, 'CURRENT') === '*') current = name;
    return { name, endpoints: listOf(cell(table, row, 'ENDPOINTS')), nodes: listOf(cell(table, row, 'NODES')) };
  });
  return { current, contexts };
}
