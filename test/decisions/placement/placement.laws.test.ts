import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { headroom } from '../../../src/decisions/placement/headroom.ts';
import type { FleetFacts } from '../../../src/decisions/placement/shape.ts';
import { whatIf } from '../../../src/decisions/placement/what-if.ts';
import { drawFrom, randomFleet, randomNode, randomShape } from './random-fleet.ts';

const CASES = 300;

interface Case {
  facts: FleetFacts;
  /** Neither affinity nor spread: a domain more or less can make room for a pod that is spread, or is drawn to others. */
  shape: ReturnType<typeof randomShape>;
  seed: number;
}

function each(check: (one: Case, draw: ReturnType<typeof drawFrom>) => boolean): number[] {
  return Array.from({ length: CASES }, (_, index) => index + 1).filter(seed => {
    const draw = drawFrom(seed + 5_000_000);
    const { nodes, hosted } = randomFleet(draw);
    const shape = { ...randomShape(draw, 9), affinity: [], spread: [] };
    return !check({ facts: { nodes, hosted, budgets: [] }, shape, seed }, draw);
  });
}
const roomIn = (facts: FleetFacts, { shape }: Case): number => headroom(new Fleet(facts), shape).pods;

describe('laws of placement, for pods that are neither spread nor drawn to others', () => {
  it('more pods never leave more headroom', () => {
    const broken = each((one, draw) => {
      const { facts } = one;
      const more = { shape: randomShape(draw, 8), nodeName: facts.nodes[0]?.name, pods: 1 };
      return roomIn({ ...facts, hosted: [...facts.hosted, more] }, one) <= roomIn(facts, one);
    });
    expect(broken).toEqual([]);
  });

  it('more nodes never have less, and headroom is never above what a sum promises', () => {
    const broken = each((one, draw) => {
      const { facts, shape } = one;
      const larger = { ...facts, nodes: [...facts.nodes, randomNode(draw, 99)] };
      const { pods, naive_pods } = headroom(new Fleet(facts), shape);
      return roomIn(larger, one) >= pods && pods <= naive_pods;
    });
    expect(broken).toEqual([]);
  });

  it('with a node less there is never a place for more of the pods', () => {
    const broken = each((one, draw) => {
      const { facts, shape } = one;
      const question = { kind: 'replicas', shape, pods: 1 + draw.below(8) } as const;
      const gone = facts.nodes[draw.below(facts.nodes.length)]?.name;
      const fewer = {
        ...facts,
        nodes: facts.nodes.filter(({ name }) => name !== gone),
        hosted: facts.hosted.filter(({ nodeName }) => nodeName !== gone),
      };
      const [all, less] = [whatIf(new Fleet(facts), question), whatIf(new Fleet(fewer), question)];
      return less.placed_pods <= all.placed_pods || isFreed(facts, gone);
    });
    expect(broken).toEqual([]);
  });

  it('what fits is placed, and one more is not', () => {
    const broken = each(({ facts, shape }) => {
      const fleet = new Fleet(facts);
      const { pods } = headroom(fleet, shape);
      const asked = (count: number) => whatIf(fleet, { kind: 'replicas', shape, pods: count });
      return asked(pods).fits && asked(pods + 1).unplaced_pods === 1;
    });
    expect(broken).toEqual([]);
  });
});

/** The pods of the node barred others from its zone: without them there is more room elsewhere. */
const isFreed = ({ hosted }: FleetFacts, gone: string | undefined): boolean =>
  hosted.some(({ nodeName }) => nodeName === gone);
