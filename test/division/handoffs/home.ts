/** A coordination tree of the test's own with the handoffs of the containers division in it. */
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileSystem } from '../../../src/division/file-system.ts';
import { openHandoffs } from '../../../src/division/handoffs/handoffs.ts';
import type { Handoffs } from '../../../src/ports/handoffs.ts';
import type { Clock } from '../../../src/ports.ts';
import { type CollectingLog, collectingLog, temporaryFolder } from '../fixtures/records.ts';

export const NOW_MS = Date.parse('2026-11-22T10:00:00Z');

/** A clock that the test moves. */
export class MovedClock implements Clock {
  ms = NOW_MS;
  now = (): number => this.ms;
  sleep = (): Promise<void> => Promise.resolve();
}

export interface Home {
  coordination: string;
  /** The division's own directory. */
  directory: string;
  clock: MovedClock;
  log: CollectingLog;
  open(fileSystem?: FileSystem): Handoffs;
  /** Lays a file, written a minute ago, under coordination/. */
  lay(path: string, content: unknown, writtenAtMs?: number): Promise<void>;
  read(path: string): Promise<Record<string, unknown>>;
  /** Every file under coordination/, sorted. */
  files(): Promise<string[]>;
}

export const OURS = 'divisions/containers/handoffs';

export async function aHome(): Promise<Home> {
  const coordination = join(await temporaryFolder(), 'coordination');
  const directory = join(coordination, 'divisions', 'containers');
  await mkdir(directory, { recursive: true });
  const clock = new MovedClock();
  const log = collectingLog();
  return {
    coordination,
    directory,
    clock,
    log,
    open: fileSystem => openHandoffs(directory, { clock, log, ...(fileSystem !== undefined && { fileSystem }) }),
    async lay(path, content, writtenAtMs = clock.ms - 60_000) {
      const whole = join(coordination, path);
      await mkdir(dirname(whole), { recursive: true });
      const isBytes = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(whole, isBytes ? content : JSON.stringify(content));
      await utimes(whole, writtenAtMs / 1000, writtenAtMs / 1000);
    },
    read: async path => JSON.parse(await readFile(join(coordination, path), 'utf8')) as Record<string, unknown>,
    async files() {
      const entries = await readdir(coordination, { recursive: true, withFileTypes: true });
      const files = entries.filter(entry => !entry.isDirectory());
      return files.map(entry => join(entry.parentPath, entry.name).slice(coordination.length + 1)).sort();
    },
  };
}

export const aHandoff = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  handoff_id: 'coo-to-containers-expand-7',
  from: 'coo',
  to_division: 'containers',
  handoff_type: 'task_delegation',
  priority: 'high',
  context: { summary: 'Add two workers' },
  created_at: '2026-11-22T09:55:00Z',
  status: 'pending_pickup',
  ...change,
});
