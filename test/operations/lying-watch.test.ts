import { expect, test } from 'vitest';
import type { ClusterFacts, NodeFacts } from '../../src/model/facts.ts';
import type { ClusterWatch } from '../../src/ports/cluster-watch.ts';
import type { ClusterReader } from '../../src/ports.ts';
import { runDivision } from '../crash/in-process/division.ts';
import { shortcomings } from '../crash/in-process/judge.ts';

/** A watch cache that never learns anything: the cluster as it was, with what is said about it. */
const saying =
  (lie: (facts: ClusterFacts) => ClusterFacts) =>
  (reader: ClusterReader): ClusterWatch => {
    let first: ClusterFacts | undefined;
    void reader.facts(new AbortController().signal).then(facts => {
      first = lie({ ...facts, servers: [], lease: undefined });
    });
    return { hold: () => () => undefined, facts: () => first, around: async () => undefined };
  };

const ofNodes =
  (change: (node: NodeFacts) => Partial<NodeFacts>) =>
  (facts: ClusterFacts): ClusterFacts => ({
    ...facts,
    nodes: facts.nodes.map(node => ({ ...node, leaseRenewedAt: undefined, ...change(node) })),
  });

const lies: [string, (facts: ClusterFacts) => ClusterFacts][] = [
  ['nothing ever changes', facts => facts],
  ['every node is empty', facts => ({ ...facts, pods: [], budgets: [], volumeAttachments: [] })],
  ['every node booted again', ofNodes(() => ({ bootId: 'another' }))],
  ['every node runs the target and booted again', ofNodes(() => ({ bootId: 'another', osImage: 'Talos (v1.13.9)' }))],
  ['no node is Ready', ofNodes(() => ({ ready: false }))],
  ['every node is cordoned by somebody', ofNodes(() => ({ unschedulable: true, cordonOwner: 'op-other' }))],
  ['there is no node', facts => ({ ...facts, nodes: [] })],
  [
    'every budget allows everything',
    facts => ({
      ...facts,
      budgets: facts.budgets.map(budget => ({ ...budget, disruptionsAllowed: 100 })),
    }),
  ],
];

test.each(lies)('a watch cache that says "%s" for ever costs time and nothing else', async (_, lie) => {
  const run = await runDivision({ watch: saying(lie) });
  expect(shortcomings(run)).toEqual([]);
});
