import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { talosFleetTools } from '../../../src/model/talos-fleet.ts';
import { type Contractor, startContractor } from '../contractor-process.ts';
import { boundTo, type Fleet, smallFleet } from '../fleet.ts';

let fleet: Fleet;
let division: string;
beforeAll(async () => {
  fleet = await smallFleet({ talos_version: 'v1.12.9' });
  await mkdir(fleet.secrets, { mode: 0o700 });
  division = join(fleet.secrets, 'division.yaml');
  const talosconfig = fleet.simulation.connection.talosconfig;
  const clusters = Object.fromEntries(
    [
      ['one', 'one', fleet.control('one')] as const,
      ['two', 'two', fleet.control('two')] as const,
      ['away', 'one', ['192.0.2.1']] as const,
    ].map(([name, context, endpoints]) => [
      name,
      { kubernetes: { context: name }, talos: { context, endpoints, talosconfig } },
    ]),
  );
  const federations = { near: { clusters: ['one', 'two'] } };
  await writeFile(division, JSON.stringify({ clusters, federations }));
}, 60_000);
afterAll(() => fleet?.close());

const start = (): Promise<Contractor> =>
  startContractor(fleet.env, ['--division', division, '--home', fleet.secrets, 'contractor', 'talos-a2a']);
const clustersOf = (structured: Record<string, unknown>) => structured.clusters as Record<string, unknown>[];

describe('the contractor over several clusters', () => {
  it('lists exactly the tools of the model, none of which changes anything', async () => {
    const { client } = await start();
    const { tools } = await client.listTools();
    expect(tools.map(tool => tool.name).sort()).toEqual(Object.keys(talosFleetTools).sort());
    expect(tools.every(tool => tool.annotations?.readOnlyHint === true)).toBe(true);
  });

  it('R31, R35: tells each cluster, and by name those that do not answer; none hides another', async () => {
    const { call } = await start();
    expect((await call('talos_fleet_clusters')).structured).toMatchObject({
      clusters: [{ name: 'one', federations: ['near'] }, { name: 'two' }, { name: 'away', federations: [] }],
      federations: [{ name: 'near', clusters: ['one', 'two'] }],
    });
    const failed = [{ cluster: 'away', error_class: 'unreachable' }];
    for (const [tool, expected] of [
      ['talos_fleet_inventory', [{ cluster: 'one', not_read: 0 }, { cluster: 'two' }]],
      ['talos_fleet_versions', [{ talos: { 'v1.12.11': 4 }, kubelet: { 'v1.35.4': 4 } }, { talos: { 'v1.12.9': 2 } }]],
      [
        'talos_fleet_health',
        [
          { healthy: true, issues: [], unknown: [] },
          { cluster: 'two', healthy: true },
        ],
      ],
      ['talos_fleet_certificates', [{ cluster: 'one', unanswered: [] }, { cluster: 'two' }]],
    ] as const) {
      const { structured, text, error } = await call(tool);
      expect({ tool, ...error, ...structured }).toMatchObject({ tool, clusters: expected, failed });
      expect(text).toContain('no answer from away');
      expect(talosFleetTools[tool].output.safeParse(structured).error).toBeUndefined();
    }
  }, 120_000);

  it('reads a federation, so many machines of each cluster, one read on each', async () => {
    const { call } = await start();
    const input = { federation: 'near', read: 'talos_time', max_machines: 1, concurrency: 1 };
    const { structured } = await call('talos_fleet_read', input);
    expect(structured).toMatchObject({ failed: [], clusters: [{ cluster: 'one', not_read: 3 }, { not_read: 1 }] });
    expect(clustersOf(structured)[0]?.answers).toMatchObject([{ answer: { offset_ms: 0 } }]);
    const etcd = await call('talos_fleet_read', { clusters: ['one'], read: 'talos_etcd_status' });
    expect(clustersOf(etcd.structured)[0]?.answers).toHaveLength(3);
  }, 60_000);

  it('R32: finds what clusters do not have in common, settings included, and tells no secret', async () => {
    const contractor = await fleet.start();
    const worker = { context: 'one', node: fleet.workers('one')[0] ?? '', endpoints: fleet.control('one') };
    const { system_uuid } = await boundTo(contractor, worker);
    const patch = { machine: { sysctls: { 'vm.max_map_count': '262144' } } };
    await contractor.call('talos_patch_config', { ...worker, system_uuid, patch, mode: 'no-reboot' });
    const { call } = await start();
    const { structured } = await call('talos_fleet_drift', { federation: 'near' });
    expect(structured).toMatchObject({ compared: ['one', 'two'], more_differences: 0, unknown: [], failed: [] });
    expect(structured.differences).toContainEqual({
      subject: 'talos_version',
      role: 'worker',
      path: null,
      values: [
        { cluster: 'one', value: 'v1.12.11' },
        { cluster: 'two', value: 'v1.12.9' },
      ],
    });
    expect(structured.differences).toContainEqual(
      expect.objectContaining({
        path: 'machine.sysctls.vm.max_map_count',
        values: [
          { cluster: 'one', value: '262144' },
          { cluster: 'two', value: 'absent' },
        ],
      }),
    );
  }, 60_000);

  it('takes an unhealthy cluster for unhealthy, and one that is silent in part for unknown', async () => {
    const { call } = await start();
    const health = async () =>
      clustersOf((await call('talos_fleet_health', { clusters: ['one'] })).structured)[0] as Record<string, unknown>;
    const machine = fleet.simulation.world.clusters.get('one')?.machines.get('one-worker-1');
    if (machine === undefined) throw new Error('the fleet has no such worker');
    machine.is_ready = false;
    expect(await health()).toMatchObject({ healthy: false, issues: ['one-worker-1 is not ready'], unknown: [] });
    machine.is_ready = true;
    // Discovery lists a machine for half an hour after it was heard of last.
    machine.console.push({ at_ms: fleet.simulation.world.now(), text: 'gone' });
    machine.stage = 'off';
    const silent = ['one-worker-1 machine: unreachable', 'one-worker-1 kubelet: unreachable'];
    expect(await health()).toMatchObject({ healthy: null, issues: [], unknown: expect.arrayContaining(silent) });
    machine.stage = 'running';
  }, 60_000);

  it.each([
    ['a cluster nobody knows', { clusters: ['three'] }, 'there are one, two, away'],
    ['a federation nobody knows', { federation: 'far' }, 'there are near'],
    ['both', { clusters: ['one'], federation: 'near' }, 'not both'],
    ['too many at once', { concurrency: 99 }, 'concurrency'],
  ])('refuses %s', async (_, input, words) => {
    const { call } = await start();
    const { error } = await call('talos_fleet_versions', input);
    expect(error).toMatchObject({ error_class: 'invalid_argument', message: expect.stringContaining(words) });
  });
});
