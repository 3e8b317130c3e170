/** Text of talosctl about one machine, as contractors pass it on (contractors 3.4–3.6). */
import * as z from 'zod';
import type {
  ContainerFacts,
  ContainerUsageFacts,
  DiskFacts,
  ImageFacts,
  MemoryFacts,
  TimeFacts,
} from '../../model/machine-facts.ts';
import type { OfMachine, VersionReading } from '../readings.ts';
import { type ToolAnswer, unintelligible } from '../tool-answer.ts';
import { readTable } from './table.ts';

type Row = Record<string, string>;

function rowsOf(answer: ToolAnswer, columns: readonly string[], what: string): Row[] {
  const rows = readTable(answer.text, columns);
  if (rows === undefined) throw unintelligible(answer, `with a table of ${what}`);
  return rows;
}

function oneRow(answer: ToolAnswer, columns: readonly string[], what: string): Row {
  const [row, ...others] = rowsOf(answer, columns, what);
  if (row === undefined || others.length > 0) throw unintelligible(answer, `with the ${what} of one node`);
  return row;
}

function numberIn(answer: ToolAnswer, row: Row, column: string): number {
  const text = row[column] ?? '';
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw unintelligible(answer, `with a number under ${column}`);
  return Number(text);
}

export function memoryTable(answer: ToolAnswer): OfMachine<MemoryFacts> {
  const row = oneRow(answer, ['NODE', 'TOTAL', 'USED', 'FREE', 'AVAILABLE'], 'memory');
  const read = (column: string): number => numberIn(answer, row, column);
  const reading = {
    totalMb: read('TOTAL'),
    usedMb: read('USED'),
    freeMb: read('FREE'),
    availableMb: read('AVAILABLE'),
  };
  return { address: row.NODE, reading };
}

const GO_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d+)? ([+-]\d{2})(\d{2})\b/;

export function timeTable(answer: ToolAnswer): OfMachine<TimeFacts> {
  const row = oneRow(answer, ['NODE', 'NTP-SERVER', 'NODE-TIME', 'NTP-SERVER-TIME'], 'time');
  const at = (column: string): number => {
    const [, day, clock, fraction = '', hours, minutes] = GO_TIME.exec(row[column] ?? '') ?? [];
    const ms = Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${hours}:${minutes}`);
    if (Number.isNaN(ms)) throw unintelligible(answer, `with a time under ${column}`);
    return ms;
  };
  const offsetMs = at('NODE-TIME') - at('NTP-SERVER-TIME');
  return { address: row.NODE, reading: { server: row['NTP-SERVER'] ?? '', offsetMs } };
}

const idOf = (row: Row): string => (row.ID ?? '').replace(/^└─ /, '');

export function containersTable(answer: ToolAnswer): OfMachine<ContainerFacts[]> {
  const rows = rowsOf(answer, ['NODE', 'NAMESPACE', 'ID', 'IMAGE', 'PID', 'STATUS'], 'containers');
  const reading = rows.map(row => ({
    namespace: row.NAMESPACE ?? '',
    id: idOf(row),
    image: row.IMAGE ?? '',
    pid: numberIn(answer, row, 'PID'),
    status: row.STATUS ?? '',
  }));
  return { address: rows[0]?.NODE, reading };
}

export function statsTable(answer: ToolAnswer): OfMachine<ContainerUsageFacts[]> {
  const rows = rowsOf(answer, ['NODE', 'NAMESPACE', 'ID', 'MEMORY(MB)', 'CPU'], 'usage');
  const reading = rows.map(row => ({
    namespace: row.NAMESPACE ?? '',
    id: idOf(row),
    memoryMb: numberIn(answer, row, 'MEMORY(MB)'),
    cpuNanoseconds: numberIn(answer, row, 'CPU'),
  }));
  return { address: rows[0]?.NODE, reading };
}

export function imagesTable(answer: ToolAnswer): OfMachine<ImageFacts[]> {
  const rows = rowsOf(answer, ['NODE', 'IMAGE', 'DIGEST', 'SIZE', 'CREATED'], 'images');
  const reading = rows.map(row => ({
    image: row.IMAGE ?? '',
    digest: row.DIGEST ?? '',
    size: row.SIZE ?? '',
    created: row.CREATED ?? '',
  }));
  return { address: rows[0]?.NODE, reading };
}

/** The alarms of `etcd alarm list`; the header is missing when the first node has none (contractors 3.4). Empty text is no list. */
export function alarmsTable(answer: ToolAnswer): { memberId: string; alarm: string }[] {
  const lines = answer.text.split(/\r?\n/).filter(line => line.trim() !== '');
  const rows = lines.filter(line => !/^(?:NODE\s+)?MEMBER\s+ALARM\s*$/.test(line));
  return rows.map(line => {
    const [, memberId, alarm] = /^(?:\S+\s{2,})?([0-9a-f]{16})\s{2,}([A-Z]+)\s*$/.exec(line) ?? [];
    if (memberId === undefined || alarm === undefined) throw unintelligible(answer, 'with alarms of etcd');
    return { memberId, alarm };
  });
}

const Disk = z.object({
  node: z.string(),
  metadata: z.looseObject({ id: z.string() }),
  spec: z.looseObject({
    dev_path: z.string(),
    size: z.number(),
    readonly: z.boolean(),
    cdrom: z.boolean().default(false),
    model: z.string().default(''),
    serial: z.string().default(''),
    wwid: z.string().default(''),
    transport: z.string().default(''),
    rotational: z.boolean().default(false),
  }),
});
const Version = z.object({ node: z.string(), spec: z.looseObject({ version: z.string().regex(/^v\d/) }) });

/** The objects of `talosctl get -o json`: one indented object after the other (contractors 3.5). */
function resources<Shape extends z.ZodType>(answer: ToolAnswer, shape: Shape, what: string): z.infer<Shape>[] {
  const texts = answer.text.split(/^\}\s*$/m);
  if (texts.pop()?.trim() !== '') throw unintelligible(answer, `with ${what} in JSON`);
  return texts.map(text => {
    try {
      return shape.parse(JSON.parse(`${text}}`));
    } catch {
      throw unintelligible(answer, `with ${what} in JSON`);
    }
  });
}

/** `talosctl get disks -o json`, loop devices and optical drives left out. */
export function disksJson(answer: ToolAnswer): OfMachine<DiskFacts[]> {
  const disks = resources(answer, Disk, 'disks');
  // A machine without any has none to run from.
  if (disks.length === 0) throw unintelligible(answer, 'with disks in JSON');
  const reading = disks
    .filter(({ metadata, spec }) => !spec.cdrom && !metadata.id.startsWith('loop'))
    .map(({ metadata, spec }) => ({
      id: metadata.id,
      devPath: spec.dev_path,
      sizeBytes: spec.size,
      model: spec.model,
      serial: spec.serial,
      wwid: spec.wwid,
      transport: spec.transport,
      isRotational: spec.rotational,
      isReadOnly: spec.readonly,
    }));
  return { address: disks[0]?.node, reading };
}

/** `talosctl get version -o json` (Talos 1.11 and later) of one node; it tells nothing of the client. */
export function versionJson(answer: ToolAnswer): VersionReading {
  const [version, ...others] = resources(answer, Version, 'a version');
  if (version === undefined || others.length > 0) throw unintelligible(answer, 'with the version of one node');
  return { server: version.spec.version, client: undefined };
}
