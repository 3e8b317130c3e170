/** A forecast, a what if, and the request to Infrastructure, as a host asks for them; then the month's report on top of the same. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';

const HOUR = 3_600_000;
const DAYS = 45;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function fieldsAt(value: unknown, ...path: (string | number)[]): Fields {
  const found = path.reduce<unknown>((part, key) => (isFields(part) ? part[key] : undefined), value);
  if (!isFields(found)) throw new Error(`nothing at ${path.join('.')}: ${JSON.stringify(value)}`);
  return found;
}

it('R156, R158, R160: forecast, what if, request to Infrastructure; the monthly report asks for nothing twice', async () => {
  const home = await homeForTest({ controlPlanes: 1, workers: 2, apps: 6 });
  const host = await home.host();
  const first = await host.call('capacity_forecast', { cluster: CLUSTER });
  expect(first.text).toContain('insufficient history');
  const cpu = fieldsAt(first.structured, 'clusters', 0, 'current', 'cpu');
  const memory = fieldsAt(first.structured, 'clusters', 0, 'current', 'memory');
  expect(cpu.used_millicores).toBeGreaterThan(0);

  // As if it had been looked at for weeks: CPU from a third to two thirds of what there is.
  const folder = join(home.division, 'knowledge-base');
  const allocatable = {
    cpu_millis: Number(cpu.allocatable_millicores),
    memory_bytes: Number(memory.allocatable_mib) * 2 ** 20,
  };
  const entries = Array.from({ length: DAYS * 24 }, (_, index) => {
    const at = new Date(Date.now() - (DAYS * 24 - index) * HOUR).toISOString();
    const share = 0.33 + (0.37 * index) / (DAYS * 24) + 0.03 * Math.sin((index / 12) * Math.PI);
    return {
      entry_id: `${CLUSTER}-${at.slice(0, 13)}`,
      at,
      cluster: CLUSTER,
      nodes: { total: 3, schedulable: 3 },
      allocatable_total: { ...allocatable, pods: 330 },
      requested: { cpu_millis: allocatable.cpu_millis * 0.3, memory_bytes: allocatable.memory_bytes * 0.3, pods: 20 },
      used: { cpu_millis: allocatable.cpu_millis * share, memory_bytes: allocatable.memory_bytes * 0.4 },
    };
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'capacity-planning.json'), JSON.stringify({ entries }));

  const forecast = await host.call('capacity_forecast', { cluster: CLUSTER });
  expect(forecast.text).toMatch(/CPU used of staging.*threshold 80 %.*Add \d+ node.*send_handoff/);
  const cluster = fieldsAt(forecast.structured, 'clusters', 0);
  expect(fieldsAt(cluster, 'forecast', 0, 'crossing').p10).toMatch(/^\d{4}-\d\d-\d\d$/);

  const fits = await host.call('capacity_forecast', { cluster: CLUSTER, what_if: { lose: 'each_node' } });
  expect(fieldsAt(fits.structured, 'clusters', 0, 'scheduling', 'what_if')).toMatchObject({ total_cases: 3 });

  const request = fieldsAt(cluster, 'infrastructure_requests', 0);
  const sent = await host.call('send_handoff', request);
  expect(sent.text).toContain('resource_request');
  const handoff = await readFile(
    join(home.division, 'handoffs', 'outgoing', `${String(sent.structured.handoff_id)}.json`),
    'utf8',
  );
  expect(JSON.parse(handoff)).toMatchObject({
    from_division: 'containers',
    to_division: 'infrastructure',
    handoff_type: 'resource_request',
    context: { specifications: { count: expect.any(Number), cpu: expect.any(Number), network: expect.any(String) } },
  });

  const decomposed = await host.call('decompose_task', { task: { playbook: 'capacity_planning' } });
  const { plan_hash } = fieldsAt(decomposed.structured, 'plan');
  const started = await host.call('execute_plan', { plan_hash });
  await host.end(String(started.structured.operation_id), 'succeeded');
  const [report = ''] = await readdir(join(home.division, 'reports', 'capacity_forecast'));
  const told = await readFile(join(home.division, 'reports', 'capacity_forecast', report), 'utf8');
  expect(told).toContain('nodes_to_add');
  const machines = (await readdir(join(home.division, 'handoffs', 'outgoing'))).filter(name => name.includes('infra'));
  expect(machines, 'what is asked for is not asked for again').toHaveLength(1);
}, 180_000);
