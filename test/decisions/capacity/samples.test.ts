import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSamples } from '../../../src/decisions/capacity/read-samples.ts';
import { thinSamples } from '../../../src/decisions/capacity/thin-samples.ts';
import { capacitySample } from '../../../src/decisions/knowledge.ts';
import { aCluster, aNode, aPod } from '../facts.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-22T10:00:00Z');
const iso = (at: number): string => new Date(at).toISOString();

const sample = (at: number, cpuMillis = 1000, change: Record<string, unknown> = {}) => ({
  entry_id: `prod-${iso(at).slice(0, 13)}`,
  at: iso(at),
  cluster: 'prod',
  simulated: true,
  nodes: { total: 3, schedulable: 3 },
  allocatable_total: { cpu_millis: 12_000, memory_bytes: 48e9, pods: 330 },
  requested: { cpu_millis: cpuMillis, memory_bytes: 1e9, pods: 30 },
  used: { cpu_millis: cpuMillis / 2, memory_bytes: 5e8 },
  ...change,
});
const hourly = (hours: number, from = NOW - hours * HOUR) =>
  Array.from({ length: hours }, (_, index) => sample(from + index * HOUR, 1000 + index));
const read = (entries: readonly unknown[], now = NOW) => readSamples(entries, 'prod', now);

describe('a sample', () => {
  const facts = aCluster([aNode('worker-1'), aNode('worker-2', { unschedulable: true })], {
    cluster: 'prod',
    asOf: NOW,
    pods: [aPod('a', 'worker-1', { requests: { cpuMillis: 500, memoryBytes: 1e9 } })],
  });
  const usage = [
    { node: 'worker-1', cpuMillis: 300, memoryBytes: 2e9 },
    { node: 'worker-2', cpuMillis: 100, memoryBytes: 1e9 },
  ];

  it('R292: is read back as it was taken, with what all nodes have, cordoned or not', () => {
    const { points, leftOut } = read([capacitySample(facts, true, usage)]);
    expect(leftOut).toBe(0);
    const { cpuMillis } = aNode('worker-1').allocatable;
    expect(points).toMatchObject([
      {
        at: NOW,
        span: 'hour',
        nodes: 2,
        allocatable: { cpuMillis: 2 * cpuMillis },
        requested: { cpuMillis: 500, memoryBytes: 1e9, pods: 1 },
        used: { cpuMillis: 400, memoryBytes: 3e9 },
      },
    ]);
  });

  it('R119: of which a node was not measured tells no usage: a part is not the whole', () => {
    for (const partial of [undefined, [], usage.slice(0, 1)])
      expect(read([capacitySample(facts, true, partial)]).points[0]?.used).toBeUndefined();
  });
});

describe('what is read of samples', () => {
  it('is tolerant: the seed’s percentages, other names and units, a plain list of nodes', () => {
    const { points } = read([
      {
        timestamp: iso(NOW),
        cluster_name: 'prod',
        nodes: 3,
        allocatable: { cpu_cores: 4, memory_gib: 8 },
        resource_usage: { cpu: '50%', memory: '25 %' },
      },
    ]);
    expect(points).toMatchObject([
      { nodes: 3, used: { cpuMillis: 2000, memoryBytes: 2 * 1024 ** 3 }, requested: undefined },
    ]);
  });

  it('leaves out what tells nothing, NaN and negative amounts, other clusters and the future', () => {
    const bad = [
      { cluster: 'prod' },
      sample(NOW + 2 * HOUR),
      {
        ...sample(NOW - HOUR),
        requested: { cpu_millis: -1, memory_bytes: 1 },
        used: { cpu_millis: Number.NaN, memory_bytes: 1 },
      },
      { cluster: 'prod', at: 'yesterday', requested: { cpu_millis: 1, memory_bytes: 1 } },
    ];
    expect(read([...bad, sample(NOW, 1, { cluster: 'other' }), null, 7, 'x'])).toEqual({ points: [], leftOut: 4 });
  });

  it('is in order and has one of each hour, the later', () => {
    const { points } = read([sample(NOW, 3), sample(NOW - 5 * HOUR, 1), sample(NOW + 60_000, 4)]);
    expect(points.map(({ requested }) => requested?.cpuMillis)).toEqual([1, 4]);
  });

  it('law: never throws, and every amount is a number of at least 0', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        at: fc.oneof(fc.constant(iso(NOW)), fc.string()),
        cluster: fc.constant('prod'),
        requested: fc.anything(),
        used: fc.anything(),
        nodes: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 10 }), entries => {
        for (const { requested, used } of read(entries).points)
          for (const amounts of [requested, used])
            if (amounts && !(amounts.cpuMillis >= 0 && amounts.memoryBytes >= 0)) return false;
        return true;
      }),
      { numRuns: 200 },
    );
  });
});

describe('the samples that stay', () => {
  it('are all, while there are at most sixty days of hours', () => {
    const entries = hourly(60 * 24);
    expect(thinSamples(entries)).toEqual(entries);
  });

  it('are sixty days of hours and before them one of each day, with its 95th percentile', () => {
    const start = Date.parse('2026-06-01T00:00:00Z');
    const entries = hourly(100 * 24, start);
    const kept = thinSamples(entries);
    const { points } = readSamples(kept, 'prod', start + 200 * 24 * HOUR);
    const days = points.filter(({ span }) => span === 'day');
    expect(days).toHaveLength(40);
    expect(points.length - days.length).toBe(60 * 24);
    // The hours 0 to 23 ask for 1,000 to 1,023 millicores and use half of it.
    expect(days[0]).toMatchObject({
      at: start + 12 * HOUR,
      nodes: 3,
      requested: { cpuMillis: 1012 },
      used: { cpuMillis: 506 },
      usedP95: { cpuMillis: 511 },
    });
    expect(thinSamples(kept)).toEqual(kept);
  });

  it('are as many a cluster, however many clusters there are, and at most 30,000 in all', () => {
    const one = hourly(61 * 24);
    const two = [...one, ...one.map(entry => ({ ...entry, cluster: 'b' }))];
    expect(thinSamples(two)).toHaveLength(2 * thinSamples(one).length);
    const many = Array.from({ length: 30 }, (_, index) =>
      one.slice(0, 1440).map(entry => ({ ...entry, cluster: `c${index}` })),
    );
    expect(thinSamples(many.flat()).length).toBeLessThanOrEqual(30_000);
  });

  it('end after two years', () => {
    const days = Array.from({ length: 900 }, (_, index) =>
      sample(NOW - (2000 - index) * 24 * HOUR, 1, { span: 'day' }),
    );
    expect(thinSamples([...days, ...hourly(10)])).toHaveLength(730 + 10);
  });

  it('survive a clock that jumps ahead once: the sample of the future costs one place and is not read', () => {
    const entries = [...hourly(59 * 24), sample(Date.parse('2099-01-01T00:00:00Z'))];
    const kept = thinSamples(entries);
    expect(kept).toHaveLength(entries.length);
    expect(read(kept)).toMatchObject({ leftOut: 1 });
  });

  it('leave what others wrote there', () => {
    const note = { entry_id: 'plan-2026', text: 'buy machines' };
    expect(thinSamples([note, ...hourly(1500)])[0]).toEqual(note);
  });
});
