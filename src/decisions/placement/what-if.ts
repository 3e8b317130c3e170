import { sortedBy } from '../verdict.ts';
import type { Outcome, WhatIf } from './answers.ts';
import type { Fleet, PodClass } from './fleet.ts';
import { nodesOf, withNodes } from './more-nodes.ts';
import { caveats, placeAll, type Wanted } from './place-pods.ts';
import type { Question } from './question.ts';
import { keepRanking } from './ranking.ts';
import { outcomeOf, unplacedWithout, withoutNodes } from './take-away.ts';

/** Cases that are told one by one. */
const MOST_TOLD = 20;
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

type Answer = Outcome & Pick<WhatIf, 'each' | 'cases'>;

const hosting = (fleet: Fleet): PodClass[] => {
  const there = new Set(fleet.hosted.flatMap(pods => [...pods.keys()]));
  return fleet.classes.filter(({ index }) => there.has(index) || fleet.waiting.has(index));
};

/** Asks, and leaves the fleet as it was. */
function tried<T>(fleet: Fleet, ask: () => T): T {
  const mark = fleet.mark;
  const answer = ask();
  fleet.rollback(mark);
  return answer;
}

const lose = (fleet: Fleet, scenario: string, nodes: readonly number[]): Outcome =>
  tried(fleet, () => withoutNodes(fleet, scenario, nodes, 'lost').outcome);

interface Case {
  scenario: string;
  nodes: readonly number[];
}

/** Each case by itself; the worst stand for all. */
function loseEach(fleet: Fleet, scenario: string, cases: readonly Case[]): Answer {
  // Ranked before anything changes, the classes keep their rankings through all cases.
  for (const known of hosting(fleet)) keepRanking(fleet, known);
  const judged = cases.map(one => ({ one, unplaced: unplacedWithout(fleet, one.nodes) }));
  const worst = judged.toSorted((one, other) => other.unplaced - one.unplaced).slice(0, MOST_TOLD);
  const each = worst.map(({ one }) => lose(fleet, one.scenario, one.nodes));
  const surviving = judged.filter(({ unplaced }) => unplaced === 0).length;
  const first = each[0] ?? outcomeOf(fleet, scenario, { left: [] });
  return { ...first, scenario, each, cases: { total_cases: cases.length, surviving_cases: surviving } };
}

const zoneCases = (fleet: Fleet): Case[] =>
  sortedBy(
    fleet.zones.names.map((zone, number) => ({
      scenario: `lose zone ${zone}`,
      nodes: fleet.nodes.flatMap((_, node) => (fleet.zones.of[node] === number ? [node] : [])),
    })),
    ({ scenario }) => scenario,
  );

const nodeCase = ({ name }: { name: string }, node: number): Case => ({ scenario: `lose node ${name}`, nodes: [node] });

/** Control plane nodes one at a time, then workers `maxUnavailable` at a time, by name. */
function batchesOf(fleet: Fleet, maxUnavailable: number): number[][] {
  const byName = sortedBy([...fleet.nodes.keys()], node => fleet.nodes[node]?.name ?? '');
  const isControlPlane = (node: number): boolean => Object.hasOwn(fleet.nodes[node]?.labels ?? {}, CONTROL_PLANE);
  const workers = byName.filter(node => !isControlPlane(node));
  const size = Math.max(1, Math.floor(maxUnavailable));
  const batches = byName.filter(isControlPlane).map(node => [node]);
  for (let start = 0; start < workers.length; start += size) batches.push(workers.slice(start, start + size));
  return batches;
}

/** Pods without a place wait until a batch is back; what is told is the worst moment. */
function upgrade(fleet: Fleet, maxUnavailable: number): Answer {
  const outcomes: Outcome[] = [];
  let waiting: Wanted[] = [];
  for (const batch of batchesOf(fleet, maxUnavailable)) {
    const { left, outcome } = withoutNodes(
      fleet,
      `batch ${outcomes.length + 1}: ${namesOf(fleet, batch)}`,
      batch,
      'drained',
    );
    waiting = placeAll(fleet, waiting);
    const all = [...left, ...waiting];
    outcomes.push({ ...outcome, ...unplacedNow(fleet, all, outcome) });
    for (const node of batch) fleet.setOpen(node, true, false);
    waiting = placeAll(fleet, all);
  }
  const worst = outcomes.toSorted((one, other) => other.unplaced_pods - one.unplaced_pods);
  const first = worst[0] ?? outcomeOf(fleet, '', { left: [] });
  const sum = (count: (one: Outcome) => number): number => outcomes.reduce((total, one) => total + count(one), 0);
  return {
    ...first,
    scenario: `upgrade, ${maxUnavailable} at a time`,
    fits: outcomes.every(({ fits }) => fits),
    evicted_pods: sum(one => one.evicted_pods),
    placed_pods: sum(one => one.placed_pods),
    lost_pods: sum(one => one.lost_pods),
    each: worst.slice(0, MOST_TOLD),
    cases: { total_cases: outcomes.length, surviving_cases: outcomes.filter(({ fits }) => fits).length },
  };
}

function unplacedNow(fleet: Fleet, left: readonly Wanted[], { evicted_pods, fits, unplaced_pods }: Outcome) {
  const now = outcomeOf(fleet, '', { left });
  return {
    unplaced: now.unplaced,
    unplaced_pods: now.unplaced_pods,
    placed_pods: evicted_pods - unplaced_pods,
    fits: fits && now.fits,
  };
}

const namesOf = (fleet: Fleet, nodes: readonly number[]): string =>
  nodes.map(node => fleet.nodes[node]?.name ?? '').join(', ');

function add(fleet: Fleet, scenario: string, added: readonly Wanted[]): Outcome {
  return tried(fleet, () => outcomeOf(fleet, scenario, { added, left: placeAll(fleet, added) }));
}

/** So many times the pods of what is replicated; the pods that wait count as asked for. */
function grown(fleet: Fleet, factor: number): Wanted[] {
  const counts = new Map(fleet.waiting);
  for (const pods of fleet.hosted)
    for (const [index, count] of pods) counts.set(index, (counts.get(index) ?? 0) + count);
  return fleet.classes.flatMap((known): Wanted[] => {
    const more = Math.ceil((counts.get(known.index) ?? 0) * Math.max(0, factor - 1));
    return known.shape.kind === 'replicated' && more > 0 ? [{ known, pods: more }] : [];
  });
}

const waitingIn = (fleet: Fleet): Wanted[] =>
  [...fleet.waiting].flatMap(([index, pods]) => {
    const known = fleet.classes[index];
    return known === undefined ? [] : [{ known, pods }];
  });

function answerOf(fleet: Fleet, question: Exclude<Question, { kind: 'add_nodes' }>): Answer {
  switch (question.kind) {
    case 'replicas':
      return add(fleet, `${question.pods} more pods of ${question.shape.workload}`, [
        { known: fleet.classOf(question.shape), pods: question.pods },
      ]);
    case 'growth':
      return add(fleet, `${question.factor} times the pods of every workload`, grown(fleet, question.factor));
    case 'lose_node': {
      const nodes = fleet.nodes.flatMap(({ name }, node) => (name === question.node ? [node] : []));
      return lose(fleet, `lose node ${question.node}`, nodes);
    }
    case 'lose_zone': {
      const scenario = `lose zone ${question.zone}`;
      return lose(fleet, scenario, zoneCases(fleet).find(one => one.scenario === scenario)?.nodes ?? []);
    }
    case 'lose_each_node':
      return loseEach(fleet, 'lose any one node', fleet.nodes.map(nodeCase));
    case 'lose_each_zone':
      return loseEach(fleet, 'lose any one zone', zoneCases(fleet));
    case 'drain': {
      const nodes = question.nodes.flatMap(name => fleet.indexOf.get(name) ?? []);
      return tried(fleet, () => withoutNodes(fleet, `drain ${question.nodes.join(', ')}`, nodes, 'drained').outcome);
    }
    case 'upgrade':
      return tried(fleet, () => upgrade(fleet, question.maxUnavailable));
    default:
      return question satisfies never;
  }
}

/**
 * What would become of the pods. Lost nodes are taken with their Node objects, as a cloud removes them; drained ones stay as domains
 * of topology spread. A node or zone that is not there takes nothing away. Of `upgrade` the unplaced pods are those of its worst
 * moment. The fleet stays as it is.
 */
export function whatIf(fleet: Fleet, question: Question): WhatIf {
  if (question.kind !== 'add_nodes') {
    const concerned = question.kind === 'replicas' ? [fleet.classOf(question.shape)] : hosting(fleet);
    return { ...answerOf(fleet, question), ...caveats(fleet, concerned) };
  }
  const { nodeType, nodes, followedBy } = question;
  const larger = withNodes(fleet.facts, nodesOf(nodeType, nodes));
  const waiting = waitingIn(larger);
  const left = placeAll(larger, waiting);
  const scenario = `with ${nodes} more nodes of ${nodeType.name}`;
  if (followedBy === undefined)
    return { ...outcomeOf(larger, scenario, { added: waiting, left }), ...caveats(larger, hosting(larger)) };
  const answer = whatIf(larger, followedBy);
  return { ...answer, scenario: `${answer.scenario}, ${scenario}` };
}
