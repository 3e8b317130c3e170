import { describe, expect, it } from 'vitest';
import { clusterFailures, type FailingLook } from '../../../src/decisions/emergency/cluster-failure.ts';
import type { ServerFacts } from '../../../src/model/facts.ts';
import { aNode } from '../facts.ts';

const server = (reachable: boolean, etcdReady: ServerFacts['etcdReady'] = reachable): ServerFacts => ({
  url: 'https://10.0.0.2:6443',
  reachable,
  etcdReady,
  version: undefined,
  error: undefined,
});
const nodes = (ready: number, away: number) => [
  ...Array.from({ length: ready }, (_, index) => aNode(`ready-${index}`)),
  ...Array.from({ length: away }, (_, index) => aNode(`away-${index}`, { ready: false })),
];

const triggersOf = (look: Partial<FailingLook>): string[] =>
  clusterFailures({ servers: [], etcd: [], nodes: undefined, ...look }).map(({ trigger }) => trigger);

describe('R237: the control plane counts as down', () => {
  it.each<[string, ServerFacts[], string[]]>([
    ['two of three away', [server(true), server(false), server(false)], ['control_plane_down']],
    [
      'two of three whose etcd is ill',
      [server(true), server(true, false), server(true, false)],
      ['control_plane_down'],
    ],
  ])('%s', (_what, servers, expected) => {
    expect(triggersOf({ servers })).toEqual(expected);
  });
});

describe('nothing is claimed of', () => {
  it.each<[string, Partial<FailingLook>]>([
    ['one of three servers that reboots', { servers: [server(true), server(true), server(false)] }],
    ['servers that may not be asked for their etcd', { servers: [server(true, 'unknown')], nodes: nodes(3, 0) }],
    ['a cluster of which nothing answers', { servers: [server(false), server(false), server(false)] }],
    ['half of the nodes away', { servers: [server(true)], nodes: nodes(2, 2) }],
  ])('%s', (_what, look) => {
    expect(triggersOf(look)).toEqual([]);
  });
});
