import type { WhatIf } from '../../model/capacity.ts';
import type { Question } from '../placement/question.ts';
import type { FleetFacts, NodeType, PodShape } from '../placement/shape.ts';
import { nameSome } from '../verdict.ts';

const ZONE = 'topology.kubernetes.io/zone';
/** Names that a remedy tells. */
const NAMED = 8;

/** A question that placement answers, or what is wrong with it and what there is instead. */
export type Scenario = { question: Question } | { problem: string; remedy: string };

const ONE_OF =
  'give one of: workload with replicas, lose, drain, growth_factor, max_unavailable; add_nodes beside it or alone';

function wrong(problem: string, remedy: string): Scenario {
  return { problem: `what_if: ${problem}`, remedy };
}

const unknownNode = (name: string, { nodes }: FleetFacts): Scenario =>
  wrong(
    `there is no node ${name}`,
    `the nodes are: ${nameSome(
      nodes.map(node => node.name),
      NAMED,
    )}`,
  );

function losing(lose: string, fleet: FleetFacts): Scenario {
  if (lose === 'each_node') return { question: { kind: 'lose_each_node' } };
  const zones = [...new Set(fleet.nodes.flatMap(({ labels }) => labels[ZONE] ?? []))].sort();
  const known = zones.length === 0 ? 'its nodes have no zones' : `the zones are: ${nameSome(zones, NAMED)}`;
  if (lose === 'each_zone')
    return zones.length === 0 ? wrong('there are no zones', known) : { question: { kind: 'lose_each_zone' } };
  const [, kind, name = ''] = /^(node|zone):(.+)$/.exec(lose) ?? [];
  if (kind === 'zone')
    return zones.includes(name)
      ? { question: { kind: 'lose_zone', zone: name } }
      : wrong(`there is no zone ${name}`, known);
  if (kind !== 'node') return wrong('lose is not known', 'lose is node:NAME, zone:NAME, each_node or each_zone');
  return fleet.nodes.some(node => node.name === name)
    ? { question: { kind: 'lose_node', node: name } }
    : unknownNode(name, fleet);
}

/** The shape of a workload's pods: of several (a rollout is under way) the one with the most. */
export function shapeNamed(workload: string, { hosted }: FleetFacts): PodShape | undefined {
  const counts = new Map<PodShape, number>();
  for (const { shape, pods } of hosted)
    if (shape.workload.split(' ').at(-1) === workload) counts.set(shape, (counts.get(shape) ?? 0) + pods);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}

function replicating(workload: string | undefined, replicas: number | undefined, fleet: FleetFacts): Scenario {
  if (workload === undefined || replicas === undefined) return wrong('workload and replicas belong together', ONE_OF);
  const shape = shapeNamed(workload, fleet);
  if (shape) return { question: { kind: 'replicas', shape, pods: replicas } };
  const known = fleet.hosted.filter(({ shape: { kind } }) => kind === 'replicated');
  const names = [...new Set(known.map(({ shape: { workload: name } }) => name.split(' ').at(-1) ?? ''))].sort();
  return wrong(`no pod of ${workload} runs`, `name it namespace/name; there are: ${nameSome(names, NAMED)}`);
}

function happening(given: WhatIf, fleet: FleetFacts): Scenario | undefined {
  const { workload, replicas, lose, drain, growth_factor: factor, max_unavailable: maxUnavailable } = given;
  if (workload !== undefined || replicas !== undefined) return replicating(workload, replicas, fleet);
  if (lose !== undefined) return losing(lose, fleet);
  if (drain !== undefined) {
    const unknown = drain.find(name => !fleet.nodes.some(node => node.name === name));
    return unknown === undefined ? { question: { kind: 'drain', nodes: drain } } : unknownNode(unknown, fleet);
  }
  if (factor !== undefined) return { question: { kind: 'growth', factor } };
  return maxUnavailable === undefined ? undefined : { question: { kind: 'upgrade', maxUnavailable } };
}

/** Makes a question of what was asked; `nodeType` is what an added node would be. */
export function scenarioOf(given: WhatIf, fleet: FleetFacts, nodeType: NodeType | undefined): Scenario {
  const { workload, replicas, lose, drain, growth_factor: factor, max_unavailable: away, add_nodes: nodes } = given;
  const asked = [workload ?? replicas, lose, drain, factor, away].filter(one => one !== undefined);
  if (asked.length > 1 || (asked.length === 0 && nodes === undefined)) return wrong('asks not for one thing', ONE_OF);
  const found = happening(given, fleet);
  if (nodes === undefined) return found ?? wrong('asks for nothing', ONE_OF);
  if (nodeType === undefined) return wrong('there is no worker to add another of', 'leave add_nodes out');
  if (found !== undefined && 'problem' in found) return found;
  return { question: { kind: 'add_nodes', nodeType, nodes, ...(found && { followedBy: found.question }) } };
}
