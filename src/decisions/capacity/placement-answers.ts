import type { Headroom, NodeSizeOption, NodesToAdd, WhatIf } from '../placement/answers.ts';
import { Fleet } from '../placement/fleet.ts';
import { headroom } from '../placement/headroom.ts';
import { nodeSizes } from '../placement/node-sizes.ts';
import { nodesToAdd } from '../placement/nodes-to-add.ts';
import type { Question } from '../placement/question.ts';
import type { FleetFacts, NodeType, PodShape, PodsOf } from '../placement/shape.ts';
import type { LinearSolver } from '../placement/solver.ts';
import { whatIf } from '../placement/what-if.ts';

/** What placement says of one fleet. */
export interface PlacementAnswers {
  headroom(shape: PodShape): Headroom;
  whatIf(question: Question): WhatIf;
  nodesToAdd(pods: readonly PodsOf[], nodeType: NodeType): NodesToAdd;
  nodeSizes(types: readonly NodeType[]): NodeSizeOption[];
}

/** One fleet, made once: each question leaves it as it was. Without a solver nodes are counted greedily. */
export function placementAnswers(facts: FleetFacts, solver?: LinearSolver): PlacementAnswers {
  const fleet = new Fleet(facts);
  return {
    headroom: shape => headroom(fleet, shape),
    whatIf: question => whatIf(fleet, question),
    nodesToAdd: (pods, nodeType) => nodesToAdd(fleet, pods, nodeType, solver),
    nodeSizes: types => nodeSizes(fleet, types, solver),
  };
}
