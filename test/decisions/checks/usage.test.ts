import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/decisions/checks/check.ts';
import { checkEtcdLatency } from '../../../src/decisions/checks/etcd-latency.ts';
import {
  checkContainerUsage,
  checkNodeUsage,
  checkResources,
  cpuLook,
  sustainedCpu,
} from '../../../src/decisions/checks/usage.ts';
import { checkUtilisation } from '../../../src/decisions/checks/utilisation.ts';
import { aCluster, aNode, aPod } from '../facts.ts';

const thresholds = { node_cpu_percent: 80, node_memory_percent: 85 };
/** 4,000 m CPU and 8e9 bytes. */
const worker = aNode('worker-1');
const MINUTE = 60_000;
const usage = (cpuMillis: number, memoryBytes = 1e9) => [{ node: 'worker-1', cpuMillis, memoryBytes }];
const lookAt = (minute: number, cpuMillis: number) => cpuLook([worker], usage(cpuMillis), minute * MINUTE);

describe('CPU of a node', () => {
  it.each([
    ['a spike of one minute', [3500, 1000], [], []],
    ['above for four minutes, so far', [3500, 3500, 3500, 3500, 3500], [], ['worker-1']],
    ['above for six minutes', [3500, 3500, 3500, 3500, 3500, 3500, 3500], ['worker-1'], []],
    ['exactly 80 % for six minutes', [3200, 3200, 3200, 3200, 3200, 3200, 3200], [], []],
    ['once below in six minutes', [3500, 3500, 3500, 3200, 3500, 3500, 3500], [], []],
  ])('R123: %s', (_what, readings, sustained, undecided) => {
    const looks = readings.map((cpuMillis, minute) => lookAt(minute, cpuMillis));
    expect(sustainedCpu(looks, 80)).toEqual({ sustained, undecided });
  });

  it('R123: sustained is a scale alert', () => {
    const looks = [0, 5].map(minute => lookAt(minute, 3300));
    const { issues } = checkNodeUsage({ facts: aCluster([worker]), usage: usage(3300), looks, thresholds });
    expect(issues).toEqual([
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining('scale alert') }),
    ]);
  });
});

describe('memory of a node', () => {
  it.each([
    [6.8e9, 'healthy'],
    [6.808e9, 'degraded'],
  ])('R124: %d of 8e9 bytes is %s (85.0 none, 85.1 an alert)', (memoryBytes, status) => {
    const { issues } = checkNodeUsage({
      facts: aCluster([worker]),
      usage: usage(100, memoryBytes),
      looks: [],
      thresholds,
    });
    expect(statusOf(issues)).toBe(status);
  });

  it('R112: figures name CPU, memory and pods of each node; a node that is not measured is unknown', () => {
    const facts = aCluster([worker, aNode('worker-2')], { pods: [aPod('web', 'worker-1')] });
    const { issues, figures } = checkNodeUsage({ facts, usage: usage(1000, 2e9), looks: [], thresholds });
    expect(statusOf(issues)).toBe('unknown');
    expect(figures.nodes).toEqual([
      expect.objectContaining({ node: 'worker-1', cpu_used_percent: 25, memory_used_percent: 25, pods: 1 }),
      expect.objectContaining({ node: 'worker-2', cpu_used_percent: undefined }),
    ]);
  });
});

describe('the use of a cluster', () => {
  const facts = aCluster([worker], {
    pods: [aPod('web', 'worker-1', { requests: { cpuMillis: 1000, memoryBytes: 2e9 } })],
  });

  it('R107, R127: requests, usage and allocatable as they were read', () => {
    expect(checkResources(facts, usage(2000, 4e9), thresholds)).toMatchObject({
      issues: [],
      figures: { percent: { cpu_requested: 25, memory_requested: 25, cpu_used: 50, memory_used: 50 } },
    });
    expect(
      checkUtilisation(facts, usage(2000), [{ namespace: 'shop', pod: 'web', cpuMillis: 500, memoryBytes: 1 }]),
    ).toMatchObject({ figures: { cpu_used_of_requested_percent: 50 } });
  });

  it('R119: without a metrics API usage is unavailable, not 0, and nothing is wrong', () => {
    const { issues, figures } = checkResources(facts, undefined, thresholds);
    expect(issues).toEqual([expect.objectContaining({ severity: 'info', rule: 'R119: usage is unavailable' })]);
    expect(figures.percent).toMatchObject({ cpu_used: undefined });
    expect(checkContainerUsage(facts, undefined).figures.pods_measured).toBe('unavailable');
  });

  it.each([
    [3200, 0],
    [3204, 1],
  ])('R107: usage of %d m of 4,000 m gives %d issues', (cpuMillis, issues) => {
    expect(checkResources(facts, usage(cpuMillis), thresholds).issues).toHaveLength(issues);
  });

  it('a cluster without a node is unknown', () => {
    expect(statusOf(checkResources(aCluster([]), [], thresholds).issues)).toBe('unknown');
  });

  it('R119: a pod that uses more than twice the memory it asks for is named', () => {
    const used = [{ namespace: 'shop', pod: 'web', cpuMillis: 1, memoryBytes: 4e9 + 1 }];
    expect(checkContainerUsage(facts, used).issues[0]?.message).toContain('shop/web');
  });
});

describe('the latency of etcd', () => {
  it.each([
    [[100, 100, 100], 'healthy'],
    [[101, 101, 101], 'degraded'],
    [[10, 10, 900], 'healthy'],
    [[], 'unknown'],
  ])('R125: reads of %j ms are %s; which latency it is, is said', (latencies, status) => {
    const { issues, figures } = checkEtcdLatency(latencies, 100);
    expect(statusOf(issues)).toBe(status);
    expect(figures.measure).toContain('request latency');
  });
});
