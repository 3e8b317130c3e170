import { describe, expect, it } from 'vitest';
import { judgeSpareCapacity } from '../../src/decisions/spare-capacity.ts';
import type { NodeFacts, PodFacts } from '../../src/model/facts.ts';
import { aCluster, aNode, aPod } from './facts.ts';

const workers = ['w1', 'w2', 'w3'];
const judge = (pods: readonly PodFacts[], nodes: readonly NodeFacts[] = workers.map(name => aNode(name))) =>
  judgeSpareCapacity(aCluster([aNode('cp-1'), ...nodes], { pods }), ['w1']);
const cpu = (name: string, node: string, cpuMillis: number, change: Partial<PodFacts> = {}): PodFacts =>
  aPod(name, node, { requests: { cpuMillis, memoryBytes: 1 }, ...change });

describe('what is left holds the pods of the worker that is out', () => {
  it('when their requests fit', () => {
    expect(judge([cpu('a', 'w1', 3000), cpu('b', 'w2', 3000)])).toEqual({ blocked: [], warnings: [] });
  });

  it.each<{ what: string; pods: PodFacts[]; says: string }>([
    {
      what: 'all together are too much',
      pods: [cpu('a', 'w1', 1500), cpu('b', 'w1', 1500), cpu('c', 'w2', 3000), cpu('d', 'w3', 3000)],
      says: 'lack CPU',
    },
    {
      what: 'the largest fits nowhere',
      pods: [cpu('a', 'w1', 3000), cpu('c', 'w2', 1500), cpu('d', 'w3', 1500)],
      says: 'shop/a of w1 fits on no single other worker',
    },
    {
      what: 'memory is short',
      pods: [aPod('a', 'w1', { requests: { cpuMillis: 1, memoryBytes: 20e9 } })],
      says: 'lack memory',
    },
  ])('not when $what', ({ pods, says }) => {
    const { blocked } = judge(pods);
    expect(blocked).toMatchObject([{ code: 'CAPACITY_SHORT', subject: 'w1' }]);
    expect(blocked[0]?.message).toContain(says);
  });

  it('pod slots count too', () => {
    const small = { cpuMillis: 4000, memoryBytes: 8e9, pods: 1 };
    const nodes = workers.map(name => aNode(name, { allocatable: small }));
    expect(judge([cpu('a', 'w1', 1), cpu('b', 'w2', 1), cpu('c', 'w3', 1)], nodes).blocked[0]?.message).toContain(
      'pod slots',
    );
  });

  it.each<{ what: string; change: Partial<PodFacts> }>([
    { what: 'of a DaemonSet', change: { controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } } },
    { what: 'static', change: { isMirror: true } },
    { what: 'tied to the node', change: { hasLocalVolume: true } },
    { what: 'finished', change: { phase: 'Succeeded' } },
  ])('a pod that is $what needs no other place', ({ change }) => {
    expect(judge([cpu('a', 'w1', 99_000, change)]).blocked).toEqual([]);
  });

  it.each<{ what: string; change: Partial<NodeFacts> }>([
    { what: 'cordoned', change: { unschedulable: true } },
    { what: 'not Ready', change: { ready: false } },
    { what: 'of unknown readiness', change: { ready: 'unknown' } },
  ])('a worker that is $what takes no pods', ({ change }) => {
    const nodes = [aNode('w1'), aNode('w2', change)];
    expect(judge([cpu('a', 'w1', 100)], nodes).warnings[0]?.message).toContain('no other worker takes pods');
  });
});
