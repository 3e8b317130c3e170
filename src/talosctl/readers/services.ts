import { unintelligible } from '../errors.ts';
import { cell, readTable } from './table.ts';

export interface ServiceReading {
  id: string;
  state: string;
  /** '?' is not health: the service has not been probed. */
  health: 'OK' | 'Fail' | '?';
  /** Empty when there was none. */
  lastEvent: string;
}

const WHAT = 'the answer of talosctl services';
const STATES = new Set([
  'Initialized',
  'Waiting',
  'Preparing',
  'Starting',
  'Running',
  'Stopping',
  'Finished',
  'Failed',
  'Skipped',
]);

function healthOf(text: string, row: readonly string[]): ServiceReading['health'] {
  return text === 'OK' || text === 'Fail' || text === '?' ? text : unintelligible(`HEALTH of ${WHAT}`, row.join('   '));
}

/** Reads the table of `talosctl services` (contractors 3.3). Throws for an unknown state or health, and when there is none. */
export function readServices(text: string): ServiceReading[] {
  const table = readTable(text, ['SERVICE', 'STATE', 'HEALTH', 'LAST EVENT'], WHAT);
  if (table.rows.length === 0) unintelligible(WHAT, text);
  return table.rows.map(row => {
    const state = cell(table, row, 'STATE');
    const id = cell(table, row, 'SERVICE');
    if (id === '' || !STATES.has(state)) unintelligible(`STATE of ${WHAT}`, row.join('   '));
    const lastEvent = cell(table, row, 'LAST EVENT');
    const health = healthOf(cell(table, row, 'HEALTH'), row);
    return { id, state, health, lastEvent: lastEvent === '<none>' ? '' : lastEvent };
  });
}
