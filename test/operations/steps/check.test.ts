import { beforeEach, describe, expect, it } from 'vitest';
import { DivisionError } from '../../../src/errors.ts';
import { CheckSubject } from '../../../src/model/step.ts';
import type { PodSymptoms } from '../../../src/model/symptoms.ts';
import { check } from '../../../src/operations/steps/check.ts';
import type { SymptomReader } from '../../../src/ports/symptoms.ts';
import type { UsageReader } from '../../../src/ports/usage.ts';
import type { ClusterPorts } from '../../../src/ports.ts';
import { clusterPorts } from '../../mcp/front-fixture.ts';
import { capacityCluster, layHistory } from '../../tools/capacity-cluster.ts';
import { NOW, type SceneOptions, type Stage, scene, stage } from './regular-scene.ts';

const HOUR = 3_600_000;

let on: Stage;
beforeEach(async () => {
  on = await stage();
});

const look = (subject: CheckSubject, more: Partial<SceneOptions<'check'>> = {}, mustHold = false) =>
  check(scene({ stage: on, action: { does: 'check', subject, must_hold: mustHold }, ...more }));

const away = clusterPorts('staging', {}, new DivisionError('KUBERNETES_UNAVAILABLE', 'nobody answers', 'wait'));

describe('a check that only looks', () => {
  it.each(['control_plane', 'resources', 'rebalancing', 'node_needs', 'maintenance'] as const)(
    'R110: %s of a cluster that does not answer is done, and unknown',
    async subject => {
      expect(await look(subject, { cluster: away })).toMatchObject({
        kind: 'done',
        result: { status: 'unknown', issues: [{ severity: 'unknown' }] },
      });
    },
  );

  it('tells what it found, worst first', async () => {
    const nodes = clusterPorts('staging');
    const found = await look('unhealthy_nodes', { cluster: nodes });
    expect(found).toMatchObject({
      kind: 'done',
      result: { subject: 'unhealthy_nodes', issues_total: expect.any(Number) },
    });
  });

  it('every subject is looked at by somebody: none is left without', async () => {
    for (const subject of CheckSubject.options) {
      const found = await look(subject).catch((error: unknown) => error);
      expect(JSON.stringify(found), subject).not.toContain('nothing looks at');
    }
  });
});

describe('growth', () => {
  it('R158: keeps a sample and, with less than a week of them, is insufficient, with the method named', async () => {
    const found = await look('growth');
    expect(found).toMatchObject({
      kind: 'done',
      result: { summary: expect.stringContaining('insufficient history'), figures: { trend: 'insufficient' } },
    });
    expect(JSON.stringify(found)).toContain('ensemble');
    expect((await on.ports.knowledge.file('capacity-planning.json')).entries).toHaveLength(1);
  });

  it('R158, R159, R160: with weeks of them tells the crossing, the nodes and what to ask Infrastructure for', async () => {
    await layHistory(on.directory, 'staging', 60 * 24, ago => 75 - ago / 48);
    const found = await look('growth', { cluster: capacityCluster('staging') });
    expect(found).toMatchObject({
      kind: 'done',
      result: {
        status: 'degraded',
        issues: [
          { severity: 'warning', rule: 'R158: growth trends', message: expect.stringContaining('CPU used of staging') },
        ],
        figures: {
          trend: [{ metric: 'cpu_used', verdict: 'forecast', crossing: { p10: expect.any(String) } }, {}, {}, {}],
          nodes_to_add: [{ reason: 'threshold' }],
          infrastructure_requests: [{ to: 'infrastructure', context: { cluster: 'staging' } }],
        },
      },
    });
  });
});

describe('a gate', () => {
  it('waits for a cluster that does not answer, and fails where something stands against it', async () => {
    await expect(look('no_other_node_down', { cluster: away }, true)).rejects.toMatchObject({
      code: 'KUBERNETES_UNAVAILABLE',
    });
    const cluster = clusterPorts('staging');
    const windows = [{ cron: '0 0 31 2 *', duration: '1h', timezone: 'UTC' }];
    const closed = { ...cluster, config: { ...cluster.config, windows } };
    expect(await look('window', { cluster: closed }, true)).toMatchObject({ kind: 'failed', code: 'WINDOW_CLOSED' });
    expect(await look('window', { cluster: closed })).toMatchObject({ kind: 'done', result: { status: 'unknown' } });
    expect(await look('window', {}, true)).toMatchObject({ kind: 'done' });
  });

  it('R152: production is not upgraded before another cluster was', async () => {
    const task = { playbook: 'kubernetes_upgrade', clusters: ['production'], to_version: 'v1.36.0' } as const;
    const given = { task: { ...task, clusters: [...task.clusters] }, cluster: clusterPorts('production') };
    expect(await look('staging_record', given, true)).toMatchObject({ kind: 'failed', code: 'APPROVAL_REQUIRED' });
  });
});

const usage = (percent: number): UsageReader => ({
  cluster: 'staging',
  nodes: async () => [{ node: 'worker-1', cpuMillis: 40 * percent, memoryBytes: 1e9 }],
  pods: async () => [],
  each: async () => undefined,
  writtenVersions: async () => [],
});

const withUsage = (percent: number): ClusterPorts => ({ ...clusterPorts('staging'), usage: usage(percent) });

describe('the CPU of nodes', () => {
  it('R123: is looked at again while it is high, and is an alert after five minutes of it', async () => {
    const first = await look('node_usage', { cluster: withUsage(90) });
    expect(first).toMatchObject({ kind: 'wait', result: { looks: [{ at: NOW }] } });
    if (first.kind !== 'wait') throw new Error('no wait');
    const remembered = first.result ?? {};
    const later = { remembered, now: NOW + 5 * 60_000 };
    expect(JSON.stringify(await look('node_usage', { ...later, cluster: withUsage(90) }))).toContain('scale alert');
    const fallen = await look('node_usage', { ...later, cluster: withUsage(10) });
    expect(JSON.stringify(fallen)).not.toContain('scale alert');
    expect(fallen.kind).toBe('done');
  });
});

const crashing = (restarts: number, finishedAt: number): PodSymptoms => ({
  namespace: 'shop',
  name: 'web',
  nodeName: 'worker-1',
  phase: 'Running',
  reason: '',
  message: '',
  conditions: [],
  terminatingSince: undefined,
  containers: [
    {
      name: 'main',
      isInit: false,
      image: 'web:1',
      isReady: false,
      restarts,
      isRunning: true,
      waiting: undefined,
      ended: { exitCode: 1, reason: 'Error', message: '', finishedAt },
      memoryLimit: undefined,
    },
  ],
});

const withPods = (...pods: PodSymptoms[]): ClusterPorts => {
  const symptoms = { cluster: 'staging', pods: async () => pods } as unknown as SymptomReader;
  return { ...clusterPorts('staging'), symptoms };
};

describe('restarts', () => {
  it('R122: are watched for an hour where the counters leave it open, and told by their delta', async () => {
    const first = await look('restarts', { cluster: withPods(crashing(700, NOW - 1)) });
    expect(first).toMatchObject({ kind: 'wait', whatEndsIt: 'an hour of their restart counters is seen' });
    if (first.kind !== 'wait') throw new Error('no wait');
    const watched = (restarts: number, ms: number) =>
      look('restarts', {
        cluster: withPods(crashing(restarts, NOW + ms - 1)),
        remembered: first.result ?? {},
        now: NOW + ms,
      });
    expect(await watched(705, HOUR / 2)).toMatchObject({ kind: 'wait' });
    expect(await watched(706, HOUR / 2)).toMatchObject({ kind: 'done', result: { status: 'degraded' } });
    expect(await watched(705, HOUR)).toMatchObject({ kind: 'done', result: { status: 'healthy' } });
    expect(await watched(720, 3 * HOUR)).toMatchObject({ kind: 'wait', result: { first: { at: NOW + 3 * HOUR } } });
  });

  it('R122: old ones end the look at once', async () => {
    expect(await look('restarts', { cluster: withPods(crashing(709, NOW - HOUR)) })).toMatchObject({
      kind: 'done',
      result: { status: 'healthy' },
    });
  });
});

describe('the smoke test', () => {
  it('R247: what has just come up gets ten minutes until names resolve, and no more', async () => {
    const ports = clusterPorts('staging');
    const cluster = { ...ports, workloads: { ...ports.workloads, list: async () => [] } };
    const at = (ms: number) => look('smoke', { cluster, now: NOW + ms }, true);
    expect(await at(0)).toMatchObject({ kind: 'wait', reason: 'no DNS pod is ready' });
    expect(await at(HOUR / 6)).toMatchObject({ kind: 'failed', reason: 'no DNS pod is ready' });
  });
});
