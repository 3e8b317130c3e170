import { describe, expect, it } from 'vitest';
import { checkUtilisation } from '../../../src/decisions/checks/utilisation.ts';
import { rightSizing } from '../../../src/decisions/placement/right-sizing.ts';
import { workloadUses } from '../../../src/decisions/placement/workload-uses.ts';
import { aCluster, aNode, aPod } from '../facts.ts';

const MIB = 2 ** 20;
const requests = { cpuMillis: 1000, memoryBytes: 1024 * MIB };
const controller = { kind: 'ReplicaSet', name: 'web-7c9', uid: 'rs' };
const labels = { 'pod-template-hash': '7c9' };
const web = ['web-1', 'web-2'].map(name => aPod(name, 'worker-1', { requests, controller, labels }));
const used = (pod: string, cpuMillis: number, memoryBytes: number) => ({
  namespace: 'shop',
  pod,
  cpuMillis,
  memoryBytes,
});

describe('what the pods of a workload use', () => {
  const usage = [used('web-1', 50, 900 * MIB), used('web-2', 100, 300 * MIB), used('gone', 9000, 1)];

  it('a ReplicaSet of a template is its Deployment; the pod that uses most speaks for it', () => {
    expect(workloadUses(web, usage)).toEqual([
      {
        workload: 'Deployment shop/web',
        pods: 2,
        cpu: { requested: 1000, used: 100, historyDays: 0 },
        memory: { requested: 1024 * MIB, used: 900 * MIB, historyDays: 0 },
      },
    ]);
  });

  it('pods that are not measured, finished, of nobody, or of the kubelet tell nothing', () => {
    const others = [
      aPod('web-3', 'worker-1', { requests, controller, labels }),
      aPod('done', 'worker-1', { requests, controller, phase: 'Succeeded' }),
      aPod('alone', 'worker-1', { requests, controller: undefined }),
      aPod('static', 'worker-1', { requests, isMirror: true }),
    ];
    expect(
      workloadUses(
        others,
        ['done', 'alone', 'static'].map(pod => used(pod, 1, 1)),
      ),
    ).toEqual([]);
  });

  it('R312: a week that somebody remembers comes before the look; a pod of today counts by the look', () => {
    const peak = { ...used('web-1', 400, 500 * MIB), historyDays: 7 };
    const uses = workloadUses(web, usage, [peak, { ...used('gone', 9000, 1), historyDays: 7 }]);
    expect(uses).toEqual([
      {
        workload: 'Deployment shop/web',
        pods: 2,
        cpu: { requested: 1000, used: 400, historyDays: 7 },
        memory: { requested: 1024 * MIB, used: 500 * MIB, historyDays: 7 },
      },
    ]);
    expect(rightSizing(uses)).toMatchObject([
      { resource: 'cpu', based_on: 'history', suggested: 460 },
      { resource: 'memory', based_on: 'history', suggested: 575 * MIB },
    ]);
    const facts = aCluster([aNode('worker-1')], { pods: web });
    expect(checkUtilisation(facts, undefined, undefined, [peak]).figures.right_sizing).toEqual(
      rightSizing(workloadUses(web, [], [peak])),
    );
  });

  it('R127: the weekly look says what to lower, with its risk; memory near its request is left alone', () => {
    const { figures, issues } = checkUtilisation(aCluster([aNode('worker-1')], { pods: web }), undefined, usage);
    expect(figures.right_sizing).toEqual(rightSizing(workloadUses(web, usage)));
    expect(figures.right_sizing).toMatchObject([
      { workload: 'Deployment shop/web', resource: 'cpu', direction: 'lower', based_on: 'now', suggested: 230 },
    ]);
    expect(issues.map(({ message }) => message)).toContain(
      '1 requests are far from use: lower cpu of Deployment shop/web',
    );
  });
});
