import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { KeptTask } from '../../../src/model/task.ts';
import { record } from '../../../src/operations/steps/record.ts';
import { AT } from '../../division/fixtures/records.ts';
import { endedOperation, plannedStep, type Stage, scene, stage } from './regular-scene.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});

async function written(what: 'incident' | 'deployment' | 'daily_status', task: KeptTask) {
  const before = [
    {
      step: plannedStep('staging/mitigate', { does: 'drill_restore' }, { cluster: 'staging' }),
      progress: { state: 'done' as const },
    },
  ];
  const action = { does: 'record' as const, record: what };
  const look = await record(scene({ stage: on, action, before, task }));
  if (look.kind !== 'write') throw new Error('expected to write');
  return look.write(new AbortController().signal);
}

it.each<[string, 'incident' | 'deployment', KeptTask, 'incident-responses.json' | 'deployment-strategies.json']>([
  ['R290', 'incident', { playbook: 'cluster_failure', clusters: ['staging'] }, 'incident-responses.json'],
  [
    'R291',
    'deployment',
    { playbook: 'deploy_application', cluster: 'staging', applications: [] },
    'deployment-strategies.json',
  ],
])('%s: what was done, in the record of the %s, is kept once in the knowledge base', async (_row, what, task, file) => {
  expect(await written(what, task)).toMatchObject({ file, is_new: true });
  expect(await written(what, task)).toMatchObject({ is_new: false });
  const { entries } = await on.ports.knowledge.file(file);
  expect(entries).toMatchObject([
    {
      at: AT,
      use_cases: [task.playbook],
      steps: expect.arrayContaining([{ id: 'staging/mitigate', state: 'done' }]),
      summary: expect.stringContaining('done'),
    },
  ]);
});

it('R287: the notes of a daily status tell how the operations of the day ended, not those of another', async () => {
  const ended = (id: string, summary: string, at: string) =>
    on.ports.division.writeOperation(
      endedOperation(id, 'kubernetes_upgrade', { result_summary: summary, finished_at: at }),
    );
  await ended('op-today', 'staging is at 1.29', AT);
  await ended('op-before', 'production is at 1.28', '2026-11-01T00:00:00.000Z');
  const { path } = await written('daily_status', { playbook: 'daily_health_check' });
  const { notes } = JSON.parse(await readFile(join(on.directory, String(path)), 'utf8'));
  expect(notes).toContain('kubernetes_upgrade succeeded: staging is at 1.29');
  expect(notes).not.toContain('1.28');
});
