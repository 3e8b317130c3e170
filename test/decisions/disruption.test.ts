import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  type DisruptedCluster,
  estimateDisruption,
  publishedMinutes,
  turnMinutes,
} from '../../src/decisions/disruption.ts';
import { aBudget, aPod } from './facts.ts';

const cluster = (controlPlane: number, workers: number, change: Partial<DisruptedCluster> = {}): DisruptedCluster => ({
  name: 'production',
  controlPlane: Array.from({ length: controlPlane }, (_, index) => `cp-${index}`),
  workers: Array.from({ length: workers }, (_, index) => `w-${index}`),
  pods: [],
  budgets: [],
  ...change,
});

describe('estimateDisruption', () => {
  it('nodes one at a time bound a plain cluster', () => {
    expect(estimateDisruption([cluster(3, 9)])).toEqual({
      minutes_lower_bound: 18,
      bound_by: 'L1: 9 workers of production, one at a time',
      minutes_expected: 48.4,
      minutes_p90: 102.5,
    });
  });

  it('the control plane bounds a small cluster', () => {
    expect(estimateDisruption([cluster(3, 1)]).bound_by).toBe('L4: 3 control plane nodes of production, one at a time');
  });

  it('a budget with many pods on few nodes bounds more than the nodes do, unless more may go at once', () => {
    const pods = Array.from({ length: 60 }, (_, index) => aPod(`p-${index}`, 'w-0'));
    const strict = cluster(0, 2, { pods, budgets: [aBudget('db', { expectedPods: 60, desiredHealthy: 59 })] });
    const loose = cluster(0, 2, { pods, budgets: [aBudget('db', { expectedPods: 60, desiredHealthy: 30 })] });
    expect(estimateDisruption([strict])).toMatchObject({
      minutes_lower_bound: 7.4,
      bound_by: 'L2: budget shop/db of production, 60 pods, 1 at a time',
    });
    expect(estimateDisruption([loose]).bound_by).toContain('L1');
  });

  it('pods that no drain asks a budget for do not count', () => {
    const spared = [
      { isMirror: true },
      { toleratesCordon: true },
      { isReady: false },
      { phase: 'Succeeded' },
      { controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } },
    ];
    const pods = spared.flatMap((change, kind) =>
      Array.from({ length: 60 }, (_, index) => aPod(`p-${kind}-${index}`, 'w-0', change)),
    );
    const estimate = estimateDisruption([
      cluster(0, 1, { pods, budgets: [aBudget('db', { expectedPods: 60, desiredHealthy: 59 })] }),
    ]);
    expect(estimate.bound_by).toContain('L1');
  });

  it('nothing to upgrade takes no time', () => {
    expect(estimateDisruption([cluster(0, 0)])).toEqual({
      minutes_lower_bound: 0,
      bound_by: 'nothing to upgrade',
      minutes_expected: 0,
      minutes_p90: 0,
    });
  });

  it('a control plane turn takes longer than a worker turn', () => {
    expect(turnMinutes('control-plane', 'expected')).toBeGreaterThan(turnMinutes('worker', 'expected'));
  });

  const anyCluster = fc.tuple(fc.nat(5), fc.nat(12), fc.nat(90)).map(([controlPlane, workers, pods]) =>
    cluster(controlPlane, workers, {
      pods: Array.from({ length: pods }, (_, index) => aPod(`p-${index}`, `w-${index % Math.max(1, workers)}`)),
      budgets: [aBudget('web', { expectedPods: pods, desiredHealthy: pods - 1 })],
    }),
  );

  law.prop([fc.array(anyCluster, { maxLength: 3 })])('bound ≤ expected ≤ p90', clusters => {
    const { minutes_lower_bound, minutes_expected, minutes_p90 } = estimateDisruption(clusters);
    expect(minutes_lower_bound).toBeLessThanOrEqual(minutes_expected);
    expect(minutes_expected).toBeLessThanOrEqual(minutes_p90);
  });

  law.prop([fc.array(anyCluster, { maxLength: 3 }), anyCluster])(
    'another cluster never makes it shorter',
    (clusters, more) => {
      const before = estimateDisruption(clusters);
      const after = estimateDisruption([...clusters, more]);
      expect(after.minutes_lower_bound).toBeGreaterThanOrEqual(before.minutes_lower_bound);
      expect(after.minutes_expected).toBeGreaterThanOrEqual(before.minutes_expected);
    },
  );

  law.prop([anyCluster])('no run in which every step takes its fastest time beats the bound', upgraded => {
    const nodes = upgraded.controlPlane.length + upgraded.workers.length;
    const fastest =
      nodes * publishedMinutes.install.fastest + upgraded.pods.length * publishedMinutes.podReplaced.fastest;
    expect(estimateDisruption([upgraded]).minutes_lower_bound).toBeLessThanOrEqual(fastest + 1e-9);
  });
});
