import { describe, expect, it } from 'vitest';
import { judgeFit } from '../../../src/decisions/fit/fit.ts';
import type { FitNode } from '../../../src/decisions/fit/obstacles.ts';
import type { PodFacts } from '../../../src/model/facts.ts';
import { CONTAINER, deployment, LABELS } from '../lint/linted.ts';
import {
  affinity,
  all,
  apart,
  asks,
  constraints,
  GIB,
  judged,
  node,
  old,
  pod,
  sized,
  taint,
  three,
} from './fit-cases.ts';

describe('R167 R172: does a deployment fit?', () => {
  it.each<[string, object, readonly FitNode[], readonly PodFacts[], string[]]>([
    ['it does', sized('1', '1Gi'), three, [], []],
    ['too much CPU', sized('3', '1Gi'), [node('w-1')], [], ['CPU 1/3']],
    ['too much memory', sized('1', '5Gi'), three.slice(0, 2), [], ['memory 2/3']],
    [
      'a request that is left out is the limit',
      deployment({ containers: [{ ...CONTAINER, resources: { limits: { cpu: '5' } } }] }),
      three,
      [],
      ['CPU 0/3'],
    ],
    [
      'what runs there counts',
      sized('2', '1Gi'),
      three,
      three.flatMap(({ name }) => [pod(name), pod(name), pod(name)]),
      ['CPU 0/3'],
    ],
    [
      'what has ended does not',
      sized('2', '1Gi'),
      three,
      three.flatMap(({ name }) => [1, 2, 3].map(() => pod(name, { phase: 'Succeeded' }))),
      [],
    ],
    [
      'no pod slots',
      sized('1m', '1Mi'),
      all({ allocatable: { cpuMillis: 4000, memoryBytes: GIB, pods: 0 } }),
      [],
      ['pod slots 0/3'],
    ],
    ['cordoned', sized('1', '1Gi'), all({ unschedulable: true }), [], ['node 0/3']],
    ['not Ready', sized('1', '1Gi'), all({ ready: 'unknown' }), [], ['node 0/3']],
    ['taints nobody read', sized('1', '1Gi'), three.map(({ taints: _taints, ...rest }) => rest), [], ['node 0/3']],
    ['tainted', sized('1', '1Gi'), all({ taints: [taint] }), [], ['taint 0/3']],
    [
      'tainted, tolerated',
      sized('1', '1Gi', { tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
      all({ taints: [taint] }),
      [],
      [],
    ],
    [
      'tainted, tolerated with another value',
      sized('1', '1Gi', { tolerations: [{ key: 'gpu', value: 'no' }] }),
      all({ taints: [taint] }),
      [],
      ['taint 0/3'],
    ],
    ['only discouraged', sized('1', '1Gi'), all({ taints: [{ ...taint, effect: 'PreferNoSchedule' }] }), [], []],
    ['nodeSelector', sized('1', '1Gi', { nodeSelector: { disk: 'hdd' } }), three, [], ['node selector 0/3']],
    [
      'node affinity',
      sized('1', '1Gi', affinity({ key: 'disk', operator: 'NotIn', values: ['ssd'] })),
      three,
      [],
      ['node affinity 0/3'],
    ],
    ['node affinity that holds', sized('1', '1Gi', affinity({ key: 'disk', operator: 'Exists' })), three, [], []],
    ['anti-affinity with itself', sized('1', '1Gi', apart), three.slice(0, 2), [], ['anti-affinity 2/3']],
    [
      'anti-affinity with others',
      sized('1', '1Gi', apart),
      three,
      [pod('w-1', { namespace: 'shop', labels: LABELS })],
      ['anti-affinity 2/3'],
    ],
    ['anti-affinity of another namespace', sized('1', '1Gi', apart), three, [pod('w-1', { labels: LABELS })], []],
    ['no node at all', sized('1', '1Gi'), [], [], ['no nodes 0/3']],
    [
      'the old pods make room',
      sized('3', '1Gi', {}, { replicas: 4, strategy: { type: 'Recreate' } }),
      [...three, node('w-4')],
      ['w-1', 'w-2', 'w-3', 'w-4'].map(name => old(name)),
      [],
    ],
    [
      'a rolling update needs room beside them',
      sized('3', '1Gi'),
      three,
      three.map(({ name }) => old(name)),
      ['CPU 0/1'],
    ],
    [
      'unless it may take one away first',
      sized('3', '1Gi', {}, { strategy: { rollingUpdate: { maxUnavailable: 1 } } }),
      three,
      three.map(({ name }) => old(name)),
      [],
    ],
    ['none are wanted', sized('99', '1Gi', {}, { replicas: 0 }), three, [], []],
  ])('%s', (_title, object, nodes, pods, expected) => {
    expect(constraints(judged(object, nodes, pods))).toEqual(expected);
  });

  it('says which nodes are kept by what, and what to do', () => {
    const nodes = [node('w-1', { unschedulable: true }), node('w-2', { taints: [taint] }), node('w-3')];
    const [block] = judged(sized('3', '1Gi'), nodes).blocked;
    expect(block).toMatchObject({ constraint: 'CPU', fits: 1, wanted: 3, object: 'Deployment shop/web' });
    expect(block?.message).toBe(
      'Deployment shop/web: 1 of 3 pods fit; CPU is in the way (of 3 nodes: 1 cordoned, 1 insufficient CPU, 1 taint gpu:NoSchedule)',
    );
  });

  it('a DaemonSet needs room on each node it may go to, on no other', () => {
    const daemon = sized('3', '1Gi', {}, {}) as { kind: string };
    const set = { ...daemon, kind: 'DaemonSet' };
    const tainted = node('cp-1', { taints: [taint] });
    expect(constraints(judgeFit(asks(set), { nodes: [...three, tainted], pods: [] }))).toEqual([]);
    expect(constraints(judgeFit(asks(set), { nodes: three, pods: [pod('w-1'), pod('w-1')] }))).toEqual(['CPU 2/3']);
  });

  it('several workloads share the room', () => {
    const two = ['a', 'b'].map(name => ({ ...sized('2', '1Gi'), metadata: { name } }));
    expect(constraints(judgeFit(asks(...two), { nodes: three, pods: [] }))).toEqual([]);
    expect(constraints(judgeFit(asks(...two), { nodes: three.slice(0, 2), pods: [] }))).toEqual(['CPU 1/3']);
  });

  it('names what it does not look at', () => {
    const gpu = {
      containers: [{ ...CONTAINER, resources: { limits: { cpu: '1', memory: '1Gi', 'nvidia.com/gpu': 1 } } }],
    };
    const { notModelled } = judged(deployment({ ...gpu, schedulerName: 'mine', nodeName: 'w-1' }), three);
    expect(notModelled.slice(0, -1)).toEqual([
      'Deployment shop/web: the resource nvidia.com/gpu',
      'Deployment shop/web: a node chosen by name',
      'Deployment shop/web: another scheduler',
    ]);
  });
});
