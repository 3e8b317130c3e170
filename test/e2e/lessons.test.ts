import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { knowledgeFiles } from '../../src/model/knowledge.ts';
import { CLUSTER, homeForTest, onlyNode } from './division-home.ts';
import { killAtOnce } from './processes.ts';

it('R294, R297, R337: an executor killed at an operation’s end leaves its lesson to the next, which counts it once; the next plan cites it', async () => {
  const home = await homeForTest({ controlPlanes: 1 });
  const host = await home.host();
  const plan = async (worker: string): Promise<Record<string, unknown>> => {
    const given = { clusters: [CLUSTER], to_version: 'v1.13.9', node_selector: onlyNode(`${CLUSTER}-${worker}`) };
    return (await host.call('rolling_upgrade', given)).structured;
  };
  const start = async ({ plan_hash }: Record<string, unknown>): Promise<string> =>
    String((await host.call('rolling_upgrade', { plan_hash })).structured.operation_id);
  const search = async (): Promise<Record<string, unknown>> =>
    (await host.call('search_knowledge', { query: 'talos upgrade v1.13' })).structured;

  const first = await plan('worker-1');
  expect(first.knowledge).toEqual([]);
  const id = await start(first);
  await home.written(id, ({ kind }) => kind === 'finished');
  await killAtOnce(await home.executorPid());

  const next = await start(await plan('worker-2'));
  await host.end(next, 'succeeded');
  await expect
    .poll(search, { timeout: 20_000 })
    .toMatchObject({ patterns: [{ success_rate: 100, observations: 2, simulated: true }] });
  const folder = join(home.division, 'knowledge-base');
  expect(await readdir(folder)).toEqual(expect.arrayContaining([...knowledgeFiles]));
  const [line = '', ...more] = (await readFile(join(folder, 'cluster-patterns.jsonl'), 'utf8')).trim().split('\n');
  expect(more).toEqual([]);
  const pattern = JSON.parse(line);
  expect(pattern.operations.map(({ operation_id }: { operation_id: string }) => operation_id)).toEqual([id, next]);
  const third = await plan('worker-1');
  expect(third.knowledge).toEqual([pattern.pattern_id]);
  const samples = JSON.parse(await readFile(join(folder, 'capacity-planning.json'), 'utf8')).entries;
  expect(samples[0]).toMatchObject({ cluster: CLUSTER, nodes: { total: 3 } });
}, 180_000);
