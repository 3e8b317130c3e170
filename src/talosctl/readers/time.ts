import { unintelligible } from '../errors.ts';
import { cell, readTable } from './table.ts';

export interface TimeReading {
  server: string;
  nodeTime: Date;
  serverTime: Date;
}

const WHAT = 'the answer of talosctl time';
/** As Go prints a moment: 2026-11-22 10:00:00.123456789 +0000 UTC, with up to nine decimals. */
const GO_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d+)? ([+-]\d{2})(\d{2})\b/;

function momentOf(text: string): Date {
  const [, day, clock, fraction = '', hours, minutes] = GO_TIME.exec(text) ?? [];
  const moment = new Date(`${day}T${clock}${fraction.slice(0, 4)}${hours}:${minutes}`);
  return Number.isNaN(moment.getTime()) ? unintelligible(`a time of ${WHAT}`, text) : moment;
}

/** A node's clock and its time server's, as `talosctl time` compares them (contractors 3.6). */
export function readTime(text: string): TimeReading {
  const table = readTable(text, ['NTP-SERVER', 'NODE-TIME', 'NTP-SERVER-TIME'], WHAT);
  const [row, ...others] = table.rows;
  if (row === undefined || others.length > 0) unintelligible(WHAT, text);
  return {
    server: cell(table, row, 'NTP-SERVER'),
    nodeTime: momentOf(cell(table, row, 'NODE-TIME')),
    serverTime: momentOf(cell(table, row, 'NTP-SERVER-TIME')),
  };
}
