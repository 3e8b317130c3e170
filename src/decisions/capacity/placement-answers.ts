import type { Headroom, WhatIf } from '../placement/answers.ts';
import { Fleet } from '../placement/fleet.ts';
import { headroom } from '../placement/headroom.ts';
import type { Question } from '../placement/question.ts';
import type { FleetFacts, NodeType, PodShape, PodsOf } from '../placement/shape.ts';
import { whatIf } from '../placement/what-if.ts';
import { type PackedNodes, packedNodes } from './packed-nodes.ts';

/** What placement says of one fleet. */
export interface PlacementAnswers {
  headroom(shape: PodShape): Headroom;
  whatIf(question: Question): WhatIf;
  nodesToAdd(pods: readonly PodsOf[], nodeType: NodeType): PackedNodes;
}

/** One fleet, made once: each question leaves it as it was. */
export function placementAnswers(facts: FleetFacts): PlacementAnswers {
  const fleet = new Fleet(facts);
  return {
    headroom: shape => headroom(fleet, shape),
    whatIf: question => whatIf(fleet, question),
    nodesToAdd: (pods, nodeType) => packedNodes(facts, pods, nodeType),
  };
}
