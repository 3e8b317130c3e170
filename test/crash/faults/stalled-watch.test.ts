import { expect, it } from 'vitest';
import type { ClusterFacts } from '../../../src/model/facts.ts';
import type { ClusterWatch } from '../../../src/ports/cluster-watch.ts';
import { runDivision } from '../in-process/division.ts';
import { shortcomings } from '../in-process/judge.ts';
import type { WorldReader } from '../in-process/world-reader.ts';
import { currentWatch } from '../in-process/world-watch.ts';
import { PLANE, WORKER } from './scenario.ts';

/** A watch cache that learns nothing more once it has seen the node cordoned, and goes on telling that. */
const stalledAt =
  (name: string) =>
  (reader: WorldReader): ClusterWatch => {
    const current = currentWatch(reader);
    let last: ClusterFacts | undefined;
    return {
      ...current,
      facts: () => {
        const facts = last ?? current.facts();
        if (facts?.nodes.some(node => node.name === name && node.unschedulable)) last = facts;
        return facts;
      },
    };
  };

it.each([PLANE, WORKER])('a watch that stalls while %s is drained costs time and nothing else', async name => {
  const run = await runDivision({ watch: stalledAt(name) });
  expect(shortcomings(run)).toEqual([]);
});
