import type { BudgetFacts } from '../../model/facts.ts';
import { allowedNow, budgetName, neverAllows } from '../budgets.ts';
import { matchesLabels } from '../selector.ts';
import type { BudgetInTheWay, Outcome } from './answers.ts';
import { unplacedOf } from './blockers.ts';
import type { Fleet, PodClass } from './fleet.ts';
import { placeAll, type Wanted } from './place-pods.ts';

/** What taking nodes away leaves to do. */
interface Taken {
  evicted: Wanted[];
  goneWithNode: number;
  lost: number;
}

/** lost: the nodes and their Node objects are gone, with all that was on them · drained: they stay, closed, with DaemonSet and static pods. */
type Manner = 'lost' | 'drained';

function takeAway(fleet: Fleet, nodes: readonly number[], manner: Manner): Taken {
  const evicted = new Map<PodClass, number>();
  const taken: Taken = { evicted: [], goneWithNode: 0, lost: 0 };
  for (const node of nodes) fleet.setOpen(node, false, manner === 'lost');
  for (const node of nodes) {
    for (const [index, pods] of fleet.hosted[node] ?? []) {
      const known = fleet.classes[index];
      if (known === undefined) continue;
      const { kind } = known.shape;
      const isOfNode = kind === 'each-node' || kind === 'static';
      if (isOfNode && manner === 'drained') continue;
      fleet.move(known, node, -pods);
      if (isOfNode) taken.goneWithNode += pods;
      else if (kind === 'bare') taken.lost += pods;
      else evicted.set(known, (evicted.get(known) ?? 0) + pods);
    }
  }
  taken.evicted = [...evicted].map(([known, pods]) => ({ known, pods }));
  return taken;
}

/** Budgets that let fewer pods go than are evicted, those that never let one go first. */
function budgetsInTheWay(budgets: readonly BudgetFacts[], evicted: readonly Wanted[]): BudgetInTheWay[] {
  return budgets
    .map(budget => ({
      budget: budgetName(budget),
      evicted_pods: evicted
        .filter(
          ({ known: { shape } }) =>
            shape.namespace === budget.namespace && matchesLabels(budget.selector, shape.labels),
        )
        .reduce((sum, { pods }) => sum + pods, 0),
      allowed_pods: allowedNow(budget),
      never_allows: neverAllows(budget),
    }))
    .filter(one => one.evicted_pods > one.allowed_pods)
    .sort((one, other) => Number(other.never_allows) - Number(one.never_allows));
}

const podsIn = (wanted: readonly Wanted[]): number => wanted.reduce((sum, { pods }) => sum + pods, 0);

/** What came of a scenario: `left` of the evicted and added pods have no place. The fleet is as the scenario left it. */
export function outcomeOf(
  fleet: Fleet,
  scenario: string,
  came: {
    evicted?: readonly Wanted[];
    added?: readonly Wanted[];
    left: readonly Wanted[];
    goneWithNode?: number;
    lost?: number;
    budgets?: readonly BudgetInTheWay[];
  },
): Outcome {
  const { evicted = [], added = [], left, budgets = [] } = came;
  return {
    scenario,
    fits: left.length === 0 && !budgets.some(({ never_allows }) => never_allows),
    evicted_pods: podsIn(evicted),
    added_pods: podsIn(added),
    placed_pods: podsIn(evicted) + podsIn(added) - podsIn(left),
    unplaced_pods: podsIn(left),
    unplaced: left.map(({ known, pods }) => unplacedOf(fleet, known, pods)),
    gone_with_node_pods: came.goneWithNode ?? 0,
    lost_pods: came.lost ?? 0,
    budgets,
  };
}

/** Takes nodes away and finds other places for their pods. The fleet is changed: the caller takes it back. */
export function withoutNodes(
  fleet: Fleet,
  scenario: string,
  nodes: readonly number[],
  manner: Manner,
): { outcome: Outcome; left: Wanted[] } {
  const { evicted, goneWithNode, lost } = takeAway(fleet, nodes, manner);
  const left = placeAll(fleet, evicted);
  const budgets = manner === 'drained' ? budgetsInTheWay(fleet.facts.budgets, evicted) : [];
  return { outcome: outcomeOf(fleet, scenario, { evicted, left, goneWithNode, lost, budgets }), left };
}

/** How many pods have no place when these nodes are lost. The fleet stays as it is. */
export function unplacedWithout(fleet: Fleet, nodes: readonly number[]): number {
  const mark = fleet.mark;
  const left = podsIn(placeAll(fleet, takeAway(fleet, nodes, 'lost').evicted));
  fleet.rollback(mark);
  return left;
}
