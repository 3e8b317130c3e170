/** The rows of all measurements as a table: on a terminal, and as docs/performance.md. */
import { cpus, loadavg } from 'node:os';
import { type Judged, judge, type Row } from './result.ts';

export interface Measured {
  bench: string;
  tookSeconds: number;
  rows: readonly Row[];
}

export interface Machine {
  node: string;
  cpu: string;
  /** Processes that wanted a processor over the minute before, before anything was measured. */
  load: number;
  at: string;
}

export function thisMachine(): Machine {
  const [load] = loadavg();
  const [first] = cpus();
  return {
    node: process.version,
    cpu: `${cpus().length} × ${first?.model.trim() ?? 'unknown'}`,
    load: Number((load ?? 0).toFixed(2)),
    at: new Date().toISOString(),
  };
}

/** Three digits that count, whole numbers whole. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

const times = (ratio: number): string => `${figure(ratio)} ×`;

function limitOf({ limit, of }: Judged, unit: string): string {
  return of === undefined ? `≤ ${figure(limit)} ${unit}` : `≤ ${times(limit)} ${of}`;
}

function cells(row: Row): { what: string; value: string; peers: string; ratio: string; target: string; met: string } {
  const judged = judge(row);
  const each = (say: (one: Judged) => string): string => (judged.length === 0 ? '–' : judged.map(say).join('; '));
  return {
    what: row.what,
    value: `${figure(row.value)} ${row.unit}`,
    peers: Object.entries(row.peers ?? {})
      .map(([name, value]) => `${name}: ${figure(value)}`)
      .join('; '),
    ratio: each(({ ratio }) => times(ratio)),
    target: each(one => limitOf(one, row.unit)),
    met: each(({ isMet }) => (isMet ? 'yes' : 'no')),
  };
}

const GREEN = 32;
const RED = 31;

/** The rows of one measurement for a person; colour only where `isColoured`. */
export function lines({ bench, rows, tookSeconds }: Measured, isColoured: boolean): string {
  const mark = (isMet: boolean): string => {
    const word = isMet ? 'met ' : 'MISSED';
    return isColoured ? `\u001b[${isMet ? GREEN : RED}m${word}\u001b[0m` : word;
  };
  const shown = rows.flatMap(row => {
    const { what, value, peers } = cells(row);
    return [
      `  ${what}: ${value}`,
      ...judge(row).map(one => `    ${mark(one.isMet)} ${limitOf(one, row.unit)} (${times(one.ratio)})`),
      ...(peers === '' ? [] : [`    beside ${peers}`]),
      ...(row.note === undefined ? [] : [`    ${row.note}`]),
    ];
  });
  return [`${bench} (${figure(tookSeconds)} s)`, ...shown].join('\n');
}

/** One JSON line. */
export function json({ bench, rows, tookSeconds }: Measured, machine: Machine): string {
  return JSON.stringify({
    bench,
    ...machine,
    took_seconds: tookSeconds,
    rows: rows.map(row => ({
      what: row.what,
      unit: row.unit,
      value: row.value,
      ...(row.peers && { peers: row.peers }),
      targets: judge(row).map(({ limit, of, ratio, isMet }) => ({ limit, ...(of && { of }), ratio, met: isMet })),
      ...(row.note !== undefined && { note: row.note }),
    })),
  });
}

const INTRODUCTION = `# Performance

Written by \`npm run bench -- --write\`; no figure is typed by hand. Every measurement runs beside its peers or its limit in the same
run, so that ratios hold on other machines; times depend on the machine. \`npm run bench -- NAME…\` runs some, \`--json\` prints a JSON
line for each. Linux only: memory and processor time are read from /proc.`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/performance.md. */
export function performanceDocument(measured: readonly Measured[], machine: Machine): string {
  const rows = measured.flatMap(({ rows: all }) => all);
  const notes = rows.flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}.`]));
  return [
    INTRODUCTION,
    '',
    `Node ${machine.node}, ${machine.cpu}, load ${machine.load} before it began, ${machine.at.slice(0, 10)}.`,
    '',
    '| what | value | peers | ratio | target | met |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(row => {
      const { what, value, peers, ratio, target, met } = cells(row);
      return `| ${[what, value, peers === '' ? '–' : peers, ratio, target, met].map(cell).join(' | ')} |`;
    }),
    '',
    ...new Set(notes),
    '',
  ].join('\n');
}
