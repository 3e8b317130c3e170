import { describe, expect, it } from 'vitest';
import { planDrift, procedureDrift } from '../../src/decisions/plan-drift.ts';
import type { ClusterFacts, NodeFacts } from '../../src/model/facts.ts';
import { aCluster, aNode, uuidOf } from './facts.ts';
import { ModelWorld } from './upgrade-turn/model-world.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1'];
const [planned] = new ModelWorld(names, new Map()).plan().clusters;
if (!planned) throw new Error('the plan has no cluster');
const drift = (nodes: NodeFacts[], change: Partial<ClusterFacts> = {}, pending = planned.nodes): string[] =>
  planDrift(planned, pending, aCluster(nodes, change));
const withWorker = (change: Partial<NodeFacts>): NodeFacts[] =>
  names.map(name => aNode(name, name === 'worker-1' ? change : {}));

describe('SAFETY 9: a cluster at its turn', () => {
  it('is the planned one when nothing has changed, upper and lower case aside', () => {
    expect(drift(withWorker({ systemUuid: uuidOf('worker-1').toUpperCase() }))).toEqual([]);
  });

  it.each<[string, NodeFacts[], Partial<ClusterFacts>, string]>([
    ['another cluster', withWorker({}), { kubeSystemUid: 'kube-system-2' }, 'another cluster'],
    ['a new node', [...withWorker({}), aNode('worker-9')], {}, 'node worker-9 is new'],
    ['a node that is gone', withWorker({}).slice(0, 3), {}, 'node worker-1 is gone'],
    [
      'another machine under its name',
      withWorker({ systemUuid: uuidOf('worker-9') }),
      {},
      'worker-1 is another machine now',
    ],
    ['another role', withWorker({ role: 'control-plane' }), {}, 'worker-1 is a control-plane now'],
    ['another version', withWorker({ osImage: 'Talos (v1.13.1)' }), {}, 'worker-1 runs v1.13.1, not v1.12.11'],
    ['a version nobody can read', withWorker({ osImage: 'Debian' }), {}, 'worker-1 runs Debian, not v1.12.11'],
  ])('is not with %s', (_what, nodes, change, says) => {
    expect(drift(nodes, change)).toMatchObject([expect.stringContaining(says)]);
  });

  it('may show a node that is done at its new version', () => {
    const pending = planned.nodes.filter(({ name }) => name !== 'worker-1');
    expect(drift(withWorker({ osImage: 'Talos (v1.13.9)' }), {}, pending)).toEqual([]);
  });
});

describe('SAFETY 9: a cluster that a procedure is about to change', () => {
  const targets = names.map(name => ({
    name,
    role: aNode(name).role,
    address: 'a',
    system_uuid: uuidOf(name),
    from_version: 'v1.12.11',
  }));
  const found = (nodes: NodeFacts[], change: Partial<ClusterFacts> = {}, open = new Set(names)): string[] =>
    procedureDrift({ ...planned, targets }, open, aCluster(nodes, change));

  it.each<[string, NodeFacts[], Partial<ClusterFacts>, string]>([
    ['another cluster', withWorker({}), { kubeSystemUid: 'kube-system-2' }, 'another cluster'],
    ['another machine', withWorker({ systemUuid: uuidOf('worker-9') }), {}, 'worker-1 is another machine now'],
    ['another role', withWorker({ role: 'control-plane' }), {}, 'worker-1 is a control-plane now'],
  ])('is not the planned one with %s', (_what, nodes, change, says) => {
    expect(found(nodes, change)).toMatchObject([expect.stringContaining(says)]);
  });

  it('is the planned one after what procedures themselves do: a node removed, one upgraded, one that came', () => {
    expect(found(withWorker({}).slice(0, 3))).toEqual([]);
    expect(found([...withWorker({ osImage: 'Talos (v1.13.9)' }), aNode('worker-9')])).toEqual([]);
  });

  it('may have another machine where nothing is to be done any more', () => {
    expect(found(withWorker({ systemUuid: uuidOf('worker-9') }), {}, new Set(['cp-1']))).toEqual([]);
  });
});
