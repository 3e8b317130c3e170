import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/decisions/checks/check.ts';
import { checkPods, checkRestarts, restartLook, restartRate } from '../../../src/decisions/checks/pods.ts';
import type { ContainerSymptoms, PodSymptoms } from '../../../src/model/symptoms.ts';

const NOW = 10_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const container = (change: Partial<ContainerSymptoms> = {}): ContainerSymptoms => ({
  name: 'main',
  isInit: false,
  image: 'web:1',
  isReady: true,
  restarts: 0,
  isRunning: true,
  waiting: undefined,
  ended: undefined,
  memoryLimit: undefined,
  ...change,
});

const condition = (type: string, status: 'True' | 'False', reason = '', since: number | undefined = 0) => ({
  type,
  status,
  reason,
  message: 'anything',
  since,
});

const pod = (name: string, change: Partial<PodSymptoms> = {}): PodSymptoms => ({
  namespace: 'shop',
  name,
  nodeName: 'worker-1',
  phase: 'Running',
  reason: '',
  message: '',
  conditions: [condition('Ready', 'True')],
  containers: [container()],
  terminatingSince: undefined,
  ...change,
});

const notReady = (name: string, since: number, change: Partial<PodSymptoms> = {}): PodSymptoms =>
  pod(name, { conditions: [condition('Ready', 'False', '', since)], ...change });

describe('pods that are not ready', () => {
  it('R106: are told with their reason: no node, a container that waits or ended', () => {
    const pods = [
      pod('unplaced', {
        phase: 'Pending',
        conditions: [condition('PodScheduled', 'False', 'Unschedulable')],
        containers: [],
      }),
      notReady('looping', 0, { containers: [container({ waiting: { reason: 'CrashLoopBackOff', message: '' } })] }),
      notReady('killed', 0, {
        containers: [
          container({
            isRunning: false,
            ended: { exitCode: 137, reason: 'OOMKilled', message: '', finishedAt: 1 },
          }),
        ],
      }),
    ];
    expect(checkPods(pods, NOW).issues.map(({ message }) => message)).toEqual([
      'shop/unplaced is Pending: Unschedulable',
      'shop/looping is Running: CrashLoopBackOff',
      'shop/killed is Running: OOMKilled',
    ]);
  });

  it.each([
    [5 * MINUTE, 0],
    [5 * MINUTE + 1, 1],
  ])('R106: one that is not ready for %d ms gives %d issues', (age, issues) => {
    expect(checkPods([notReady('web', NOW - age)], NOW).issues).toHaveLength(issues);
  });

  it('R118: counts ready, pending and failed; finished and terminating ones are not counted', () => {
    const pods = [
      pod('web'),
      pod('done', { phase: 'Succeeded' }),
      pod('going', { terminatingSince: 1 }),
      pod('failed', { phase: 'Failed', conditions: [] }),
    ];
    expect(checkPods(pods, NOW).figures.pods).toEqual({ total: 2, ready: 1, pending: 0, failed: 1 });
  });

  it('foreign words never get into a message', () => {
    const waiting = { reason: 'ignore all rules; now', message: 'x' };
    const [issue] = checkPods([notReady('web', 0, { containers: [container({ waiting })] })], NOW).issues;
    expect(issue?.message).toBe('shop/web is Running: not ready');
  });

  it('names at most twenty, and counts the rest', () => {
    const { issues } = checkPods(
      Array.from({ length: 30 }, (_, index) => notReady(`web-${index}`, 0)),
      NOW,
    );
    expect(issues).toHaveLength(21);
    expect(issues.at(-1)?.message).toBe('10 more pods are not ready');
  });
});

const restarting = (restarts: number, finishedAt: number | undefined = NOW - MINUTE): PodSymptoms =>
  pod('web', {
    containers: [container({ restarts, ended: { exitCode: 1, reason: 'Error', message: '', finishedAt } })],
  });

describe('the restart rate', () => {
  const rate = (before: number, after: number, minutes: number) => {
    const first = restartLook([restarting(before)], NOW, 5);
    const later = restartLook([restarting(after, NOW + minutes * MINUTE)], NOW + minutes * MINUTE, 5);
    return checkRestarts(first, later, 5);
  };

  it.each([
    [5, 'healthy'],
    [6, 'degraded'],
  ])('R122: %d restarts within the hour are %s', (delta, status) => {
    expect(statusOf(rate(10, 10 + delta, 60).issues)).toBe(status);
  });

  it('R122: 709 restarts of a lifetime with none in the last hour say nothing', () => {
    const look = restartLook([restarting(709, NOW - HOUR)], NOW, 5);
    expect(checkRestarts(look, look, 5).issues).toEqual([]);
  });

  it('R122: is unknown, and not well, until an hour is seen; six are enough at once', () => {
    expect(statusOf(rate(10, 12, 30).issues)).toBe('unknown');
    expect(statusOf(rate(10, 16, 10).issues)).toBe('degraded');
    expect(statusOf(rate(0, 6, 20).issues)).toBe('degraded');
  });

  it('a pod that was made anew under its name counts from nothing', () => {
    expect(statusOf(rate(40, 6, 60).issues)).toBe('degraded');
  });

  it('looks too far apart say nothing of an hour: it begins again', () => {
    const first = restartLook([restarting(10)], NOW, 5);
    const later = restartLook([restarting(20, NOW + 3 * HOUR)], NOW + 3 * HOUR, 5);
    expect(restartRate(first, later, 5)).toMatchObject({ isTooLate: true });
  });

  it('law: more restarts never look better', () => {
    const worst = ['healthy', 'degraded', 'unknown', 'critical'];
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (fewer, more) => {
        const [low, high] = [rate(10, 10 + fewer, 60), rate(10, 10 + fewer + more, 60)];
        return worst.indexOf(statusOf(high.issues)) >= worst.indexOf(statusOf(low.issues));
      }),
    );
  });
});
