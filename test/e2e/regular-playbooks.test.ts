/** The regular procedures through real parts: planned, run, told; one cluster out of reach; an executor killed in between. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/model/operation.ts';
import { fleetForTest, type Home } from './division-home.ts';
import type { Host } from './host.ts';
import { killAtOnce } from './processes.ts';

const CLUSTERS = ['production', 'staging'];

function twoClusters(): Promise<Home> {
  const clusters = CLUSTERS.map(name => ({
    name,
    environment: name,
    control_planes: 1,
    workers: 2,
    pods: 26,
    budgets: 2,
    utilisation: 0.2,
  }));
  return fleetForTest(clusters);
}

async function start(host: Host, playbook: string): Promise<string> {
  const decomposed = await host.call('decompose_task', { task: { playbook } });
  expect(decomposed.structured).toMatchObject({ outcome: 'plan' });
  const { plan_hash } = decomposed.structured.plan as { plan_hash: string };
  return String((await host.call('execute_plan', { plan_hash })).structured.operation_id);
}

async function run(host: Host, playbook: string) {
  const id = await start(host, playbook);
  return { id, operation: await host.end(id, 'succeeded') };
}

const read = async (path: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, 'utf8'));
const outgoing = (home: Home): string => join(home.division, 'handoffs', 'outgoing');

/** Ids of what was sent, as `to step`. */
async function told(home: Home): Promise<string[]> {
  const names = await readdir(outgoing(home)).catch(() => []);
  return names
    .flatMap(name => /^containers-to-(\w+)-(.+)-op-[0-9a-f]+(?:-\d+)?\.json$/.exec(name)?.slice(1).join(' ') ?? [])
    .sort();
}

async function report(home: Home, type: string): Promise<Record<string, unknown>> {
  const folder = join(home.division, 'reports', type);
  const [name = ''] = (await readdir(folder)).toSorted().slice(-1);
  return read(join(folder, name));
}

/** A cluster's steps in the order in which they ended, then the division's. */
async function stepsOf(home: Home, id: string, cluster: string): Promise<string[]> {
  const done = (await home.journal(id)).flatMap(entry =>
    entry.kind === 'step' && (entry.state === 'done' || entry.state === 'failed') ? [entry.step] : [],
  );
  return done.flatMap(step => {
    const [place, name] = step.split('/');
    return name === undefined ? [step] : place === cluster ? [name] : [];
  });
}

/** What the contractor over several clusters said, and Kubernetes bore out. */
const driftOf = (operation: Operation) => operation.steps?.find(({ id }) => id === 'drift');
const inSync = {
  state: 'done',
  result: { status: 'healthy', figures: { multi_cluster_sync: 'in_sync', compared: CLUSTERS, not_read: [] } },
};

describe('each regular procedure', () => {
  it('R102, R109, R137: runs its seed steps in the seed’s order on every cluster, writes its records, and is not due any more', async () => {
    const home = await twoClusters();
    const host = await home.host();
    const expected: Record<string, string[]> = {
      daily_health_check: [
        'nodes',
        'etcd',
        'control_plane',
        'pods',
        'resources',
        'certificates',
        'report',
        'daily_status',
      ],
      node_management: ['node_usage', 'maintenance', 'node_needs', 'unhealthy_nodes', 'node_versions', 'report'],
      workload_monitoring: [
        'pods',
        'container_usage',
        'services',
        'ingress',
        'restarts',
        'node_usage',
        'etcd_latency',
        'report',
      ],
      cluster_optimization: ['utilisation', 'rebalancing', 'placement', 'quotas', 'unused', 'report'],
      certificate_management: [
        'certificates',
        'certificate_rotation',
        'certificate_chain',
        'pod_security',
        'inventory',
        'tell_inventory',
        'report',
      ],
      backup_validation: ['backups', 'verify_snapshot', 'drill_restore', 'recovery_plan', 'recovery_time', 'report'],
      division_review: ['uptime', 'deployments', 'budget_efficiency', 'report', 'tell'],
      version_planning: [
        'kubernetes_releases',
        'upgrade_schedule',
        'staging_record',
        'drift',
        'coordinate',
        'version_plan',
        'propose',
      ],
      capacity_planning: ['resources', 'sample', 'growth', 'node_needs', 'infrastructure', 'forecast', 'tell'],
    };
    for (const [playbook, steps] of Object.entries(expected)) {
      const { id, operation } = await run(host, playbook);
      for (const cluster of CLUSTERS) expect(await stepsOf(home, id, cluster), playbook).toEqual(steps);
      expect(operation.result_summary, playbook).toMatch(/steps done/);
      expect(operation.nodes, playbook).toEqual([]);
      if (playbook === 'version_planning') expect(driftOf(operation)).toMatchObject(inSync);
    }
    // A healthy look tells nobody; backups are missing; the others are reports that were asked for.
    expect(await told(home)).toEqual(['coo propose', 'coo report', 'coo tell', 'coo tell', 'inv tell-inventory']);
    expect(await report(home, 'daily_status')).toMatchObject({
      division: 'containers',
      overall_status: 'healthy',
      clusters: CLUSTERS.map(name => ({ name, status: 'healthy', nodes: { total: 3, ready: 3, not_ready: 0 } })),
      issues: [],
    });
    expect(await report(home, 'monthly_review')).toMatchObject({ report_type: 'monthly_review' });
    expect(JSON.stringify(await report(home, 'certificates'))).not.toContain('PRIVATE KEY');
    const knowledge = await readFile(join(home.division, 'knowledge-base', 'incident-responses.json'), 'utf8');
    expect(knowledge).toContain('"rto_minutes"');
    const states = (await host.readings()).filter(text => text.includes('gm://division/state'));
    expect(states.join()).toMatch(/due\\":\[\]/);
    expect(await home.control('/ledger')).toMatchObject({ staging: { installs: [], reboots: [] } });
  }, 240_000);
});

describe('a health check that finds something', () => {
  it('R109: tells the COO once, and not again while the same stands; planned again it is another operation', async () => {
    const home = await twoClusters();
    const host = await home.host();
    await run(host, 'daily_health_check');
    await home.fault({ kind: 'etcd_nospace', node: 'staging-cp-1' });
    const first = await run(host, 'daily_health_check');
    expect(first.operation.result_summary).toContain('critical');
    const second = await run(host, 'daily_health_check');
    expect(second.id).not.toBe(first.id);
    expect(await told(home)).toEqual(['coo report']);
    const [name = ''] = await readdir(outgoing(home));
    expect(await read(join(outgoing(home), name))).toMatchObject({
      handoff_type: 'alert',
      priority: 'critical',
      context: { overall_status: 'critical', operation_id: first.id },
    });
  }, 120_000);

  it('R110: a cluster that does not answer keeps nobody from looking at the other, and is not well', async () => {
    const home = await twoClusters();
    const host = await home.host();
    await run(host, 'node_management');
    await home.fault({ cluster: 'production', kind: 'api_reset', count: null });
    const { id, operation } = await run(host, 'daily_health_check');
    expect(await stepsOf(home, id, 'staging')).toContain('certificates');
    expect(operation.result_summary).toContain('unknown');
    expect(await report(home, 'daily_status')).toMatchObject({
      overall_status: 'unknown',
      clusters: expect.arrayContaining([
        expect.objectContaining({ name: 'production', status: 'unknown' }),
        expect.objectContaining({ name: 'staging', status: 'healthy' }),
      ]),
    });
    expect(await told(home)).toEqual(['coo report']);
  }, 180_000);

  it('killed in the middle and after its report it goes on, and tells once', async () => {
    const home = await twoClusters();
    const host = await home.host();
    await run(host, 'node_management');
    await home.fault({ kind: 'etcd_nospace', node: 'staging-cp-1' });
    const id = await start(host, 'daily_health_check');
    await home.written(id, entry => entry.kind === 'step' && entry.step === 'staging/etcd' && entry.state === 'done');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await home.written(id, entry => entry.kind === 'step' && entry.step === 'report' && entry.state === 'running');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await host.end(id, 'succeeded');
    expect(await told(home)).toEqual(['coo report']);
    expect(await stepsOf(home, id, 'staging')).toEqual([
      'nodes',
      'etcd',
      'control_plane',
      'pods',
      'resources',
      'certificates',
      'report',
      'daily_status',
    ]);
  }, 120_000);
});
