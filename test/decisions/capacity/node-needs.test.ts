import { describe, expect, it } from 'vitest';
import { type NeedQuestion, nodeNeeds } from '../../../src/decisions/capacity/node-needs.ts';
import { leading, type MetricOutlook } from '../../../src/decisions/capacity/outlook.ts';
import { placementAnswers } from '../../../src/decisions/capacity/placement-answers.ts';
import { resourceRequests } from '../../../src/decisions/capacity/resource-request.ts';
import { outlookSentence } from '../../../src/decisions/capacity/sentence.ts';
import type { CapacityMetric } from '../../../src/decisions/capacity/series.ts';
import { workerType } from '../../../src/decisions/capacity/worker-type.ts';
import type { Crossing, ForecastMade } from '../../../src/decisions/forecast/answer.ts';
import type { FleetFacts, PlacementNode } from '../../../src/decisions/placement/shape.ts';
import { aShape, GIB, ZONE } from '../placement/fleets.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-22T10:00:00Z');

const node = (name: string, labels: Record<string, string> = {}): PlacementNode => ({
  name,
  labels: { 'kubernetes.io/hostname': name, pool: 'a', ...labels },
  taints: [],
  ready: true,
  unschedulable: false,
  allocatable: { cpu: 3900, memory: 7.5 * GIB, pods: 110, 'ephemeral-storage': 99.5 * GIB },
});

const shape = aShape('web');

const fleetOf = (nodes: readonly PlacementNode[], waiting = 0): FleetFacts => ({
  nodes,
  hosted: [
    ...nodes.map(({ name }) => ({ shape, nodeName: name, pods: 1 })),
    ...(waiting > 0 ? [{ shape, nodeName: undefined, pods: waiting }] : []),
  ],
  budgets: [],
});
const zoned = [1, 2, 3].map(index => node(`worker-${index}`, { [ZONE]: `z${index}` }));

const noBacktest = { hourly: null, daily: null };
function outlook(
  metric: CapacityMetric,
  crossing: Partial<Crossing>,
  end: { p50: number; p90: number },
): MetricOutlook {
  const band = { p2_5: 0, p10: 0, p97_5: end.p90, ...end };
  const forecast: ForecastMade = {
    verdict: 'forecast',
    unit: 'percent',
    history: { resolution: 'hourly', days: 60, gaps_percent: 0, daily: [] },
    hourly: [],
    daily: [{ date: '2027-02-20', ...band }],
    growth: { per_30_days: { ...band, p50: 2.5 }, level_shifts: [] },
    crossing: {
      threshold: 80,
      sustained_days: 3,
      already_above: false,
      p10: null,
      p50: null,
      p90: null,
      probability_by_day: [0.4],
      ...crossing,
    },
    backtest: noBacktest,
    warnings: [],
  };
  return { metric, thresholdPercent: 80, nowPercent: 60, forecast };
}
const insufficient: MetricOutlook = {
  metric: 'cpu_used',
  thresholdPercent: 80,
  nowPercent: undefined,
  forecast: {
    verdict: 'insufficient_history',
    reason: 'too_short',
    message: '',
    have_days: 3.25,
    need_days: 7,
    warnings: [],
  },
};

const question = (change: Partial<NeedQuestion> = {}): NeedQuestion => {
  const fleet = change.fleet ?? fleetOf(zoned);
  return {
    fleet,
    worker: workerType(fleet.nodes),
    workersMissing: 0,
    metrics: [],
    nowMs: NOW,
    leadDays: 14,
    nodesToAdd: (pods, type) => placementAnswers(fleet).nodesToAdd(pods, type),
    ...change,
  };
};

describe('one more worker', () => {
  it('is as most workers are: a machine of whole cores and GiB, their labels but for name and zone, their zones', () => {
    expect(workerType([...zoned, node('cp-1', { 'node-role.kubernetes.io/control-plane': '' })])).toMatchObject({
      machine: { cpu: 4, memory: 8, disk: 100 },
      nodeType: { labels: { pool: 'a' }, zones: ['z1', 'z2', 'z3'] },
    });
    expect(workerType([node('cp-1', { 'node-role.kubernetes.io/control-plane': '' })])).toBeUndefined();
  });
});

describe('nodes to add', () => {
  it('are none while nothing crosses, waits or lacks', () => {
    expect(nodeNeeds(question({ metrics: [outlook('cpu_used', {}, { p50: 60, p90: 70 }), insufficient] }))).toEqual([]);
  });

  it('bring what crosses back to its threshold, by sums; the order is due the lead time before the first tenth of the paths', () => {
    const metrics = [outlook('cpu_used', { p10: '2027-01-20' }, { p50: 100, p90: 130 })];
    // 3 nodes hold 100 % of 3; at 80 % it takes 3.75, at 130 % 4.875.
    expect(nodeNeeds(question({ metrics }))).toMatchObject([
      {
        reason: 'threshold',
        metric: 'cpu_used',
        by: '2027-01-20',
        orderBy: '2027-01-06',
        nodes: { p50: 1, p90: 2 },
        nodesByZone: { z1: 1 },
        method: 'volume',
      },
    ]);
  });

  it('are ordered today when the lead time is over, and never for a day that is past', () => {
    const [late] = nodeNeeds(question({ metrics: [outlook('cpu_used', { p10: '2026-11-25' }, { p50: 90, p90: 99 })] }));
    expect(late).toMatchObject({ by: '2026-11-25', orderBy: '2026-11-22' });
    const above = { already_above: true, p10: '2026-10-01', p50: '2026-10-01', p90: '2026-10-01' };
    const [now] = nodeNeeds(question({ metrics: [outlook('memory_used', above, { p50: 90, p90: 99 })] }));
    expect(now).toMatchObject({ by: '2026-11-22', orderBy: '2026-11-22' });
  });

  it('are the more of what sums and what the pods of grown requests need', () => {
    const metrics = [outlook('cpu_requested', { p10: '2027-01-20' }, { p50: 300, p90: 300 })];
    const [need] = nodeNeeds(question({ metrics }));
    // Twelve pods more need two new nodes; by sums, what is 300 % of three nodes needs nine more to be 80 %.
    expect(need?.nodes.p50).toBe(9);
  });

  it('R159: are those that wait or that the loss of one worker asks for, now', () => {
    const fleet = fleetOf(zoned, 8);
    expect(nodeNeeds(question({ fleet }))).toMatchObject([
      { reason: 'waiting_pods', by: '2026-11-22', nodes: { p50: 1, p90: 1 }, lowerBoundNodes: 1, method: 'exact' },
    ]);
    expect(nodeNeeds(question({ workersMissing: 2 }))).toMatchObject([
      { reason: 'one_worker_gone', nodes: { p50: 2, p90: 2 }, nodesByZone: { z1: 1, z2: 1 } },
    ]);
  });
});

describe('requests to Infrastructure', () => {
  const needs = [
    ...nodeNeeds(question({ workersMissing: 1 })),
    ...nodeNeeds(question({ metrics: [outlook('cpu_used', { p10: '2027-01-20' }, { p50: 170, p90: 200 })] })),
  ];

  it('R160: have the seed’s fields; a later one asks for what an earlier did not', () => {
    const requests = resourceRequests('prod', needs, { nowMs: NOW, earliestDeadlineMs: NOW + DAY });
    expect(needs.map(({ nodes }) => nodes.p50)).toEqual([1, 4]);
    expect(requests).toMatchObject([
      {
        to: 'infrastructure',
        handoff_type: 'resource_request',
        priority: 'high',
        context: {
          summary: 'Need 1 machine for worker nodes of prod',
          specifications: { count: 1, cpu: 4, memory: 8, disk: 100, network: 'the network of prod' },
          deadline: '2026-11-23T10:00:00.000Z',
        },
      },
      { priority: 'medium', context: { specifications: { count: 3 }, deadline: '2027-01-20T00:00:00.000Z' } },
    ]);
  });
});

describe('machines that are asked for already', () => {
  const needs = nodeNeeds(question({ metrics: [outlook('cpu_used', { p10: '2027-01-20' }, { p50: 170, p90: 200 })] }));

  it.each([
    [0, [4]],
    [1, [3]],
    [3, [1]],
    [4, []],
    [9, []],
  ])('%d of four: the request is for %j', (asked, counts) => {
    const requests = resourceRequests('prod', needs, { nowMs: NOW, earliestDeadlineMs: NOW + DAY, asked });
    expect(requests.map(({ context }) => context.specifications.count)).toEqual(counts);
  });
});

describe('in words', () => {
  it.each<[string, Partial<Crossing>, string]>([
    [
      'all dates',
      { p10: '2027-01-12', p50: '2027-02-02', p90: '2027-03-03' },
      'crosses it between 2027-01-12 and 2027-03-03, as likely as not by 2027-02-02',
    ],
    [
      'an open end',
      { p10: '2027-01-12', p50: '2027-02-02' },
      'may cross it from 2027-01-12 on, as likely as not by 2027-02-02 (40 % by 2027-02-20)',
    ],
    ['only a tenth', { p10: '2027-01-12' }, 'more likely not (40 % by 2027-02-20)'],
    ['none', { probability_by_day: [0.001] }, 'stays below it (odds of crossing under 1 % by 2027-02-20)'],
    ['already', { already_above: true, p10: '2026-10-01' }, 'is above it since 2026-10-01'],
  ])('%s', (_what, crossing, words) => {
    const sentence = outlookSentence('prod', outlook('cpu_used', crossing, { p50: 70, p90: 80 }));
    expect(sentence).toContain('CPU used of prod, 60 % now, threshold 80 %: ');
    expect(sentence).toContain(words);
    expect(sentence).toContain('+2.5 points in 30 days');
  });

  it('too short a history has no date', () => {
    expect(outlookSentence('prod', insufficient)).toBe(
      'CPU used of prod, not measured now, threshold 80 %: insufficient history, 3.3 of 7 days',
    );
  });

  it('first comes what crosses first, then what is nearest to its threshold, and what has no forecast last', () => {
    const early = outlook('memory_used', { p10: '2026-12-01' }, { p50: 70, p90: 80 });
    const later = outlook('cpu_used', { p10: '2027-01-01' }, { p50: 70, p90: 80 });
    const near = { ...outlook('cpu_requested', {}, { p50: 70, p90: 80 }), nowPercent: 79 };
    expect(leading([insufficient, near, later, early])).toBe(early);
    expect(leading([insufficient, outlook('cpu_used', {}, { p50: 1, p90: 2 }), near])).toBe(near);
    expect(leading([])).toBeUndefined();
  });
});
