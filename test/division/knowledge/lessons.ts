import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LessonOutcome, OperationLesson, RecordedLesson } from '../../../src/model/knowledge.ts';
import type { Log } from '../../../src/ports.ts';

const nothing = (): void => undefined;
export const quiet: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const aLesson = (id: string, outcome: LessonOutcome = 'succeeded'): OperationLesson => ({
  patternId: 'talos-upgrade-1.12-to-1.13',
  name: 'Talos upgrade v1.12 to v1.13',
  useCases: ['talos upgrade'],
  playbook: 'talos_upgrade',
  approach: { contractors: ['talos'], steps: ['workers'], duration_minutes: 41, tokens: 900 },
  operation: {
    operation_id: id,
    outcome,
    at: '2026-11-22T10:00:00.000Z',
    clusters: ['staging'],
    versions: ['v1.12.11', 'v1.13.9'],
    minutes: 41,
    minutes_lower_bound: 38,
  },
  simulated: false,
});

export const aRecordedLesson = (name: string, change: Partial<RecordedLesson> = {}): RecordedLesson => ({
  name,
  summary: 'What was learnt.',
  useCases: [],
  clusters: [],
  versions: [],
  simulated: false,
  at: '2026-11-22T10:00:00.000Z',
  ...change,
});

export async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'containers-gm-knowledge-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
