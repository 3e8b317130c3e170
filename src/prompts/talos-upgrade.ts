import { talosMinors } from '../decisions/versions.ts';
import { DivisionError } from '../errors.ts';
import type { Prompt } from '../mcp/define-prompt.ts';
import type { FrontEnd } from '../ports.ts';
import { clusterNames, clustersOf } from '../views/cluster-names.ts';
import { clusterSentence, divisionHealth } from '../views/health-view.ts';
import { isEnded, operationLines } from '../views/operation-view.ts';
import { fenced, simulatedMark } from '../views/wording.ts';

/** A prompt answers even when clusters do not. */
const FACTS_DEADLINE_MS = 10_000;

const namesIn = (text: string): string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');

/** Each cluster not named yet, after those that are: "staging" → "staging,production". */
async function completeClusters(front: FrontEnd, typed: string, signal: AbortSignal): Promise<string[]> {
  const known = await clusterNames(front, signal);
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const named = namesIn(before);
  return known.filter(name => !named.includes(name)).map(name => `${before}${name}`);
}

async function factsNow(front: FrontEnd, names: readonly string[], signal: AbortSignal): Promise<string[]> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(FACTS_DEADLINE_MS)]);
  const clusters = await clustersOf(front, within);
  const unknown = names.filter(name => !clusters.some(({ config }) => config.name === name));
  if (unknown.length > 0) {
    const known = clusters.map(({ config }) => config.name).join(', ');
    throw new DivisionError(
      'INPUT_INVALID',
      `clusters: no cluster ${unknown.join(', ')}`,
      `the clusters are: ${known}`,
    );
  }
  const { operations } = await front.division.operations();
  const active = operations.filter(operation => !isEnded(operation));
  const wanted = clusters.filter(({ config }) => names.includes(config.name));
  const health = await divisionHealth(front, wanted, within);
  const issues = health.issues.filter(issue => issue.severity !== 'info').slice(0, 5);
  const lines = [
    ...health.clusters.map(clusterSentence),
    ...issues.map(issue => `${issue.severity}, ${issue.cluster}: ${issue.message}`),
  ];
  return [...lines, active.length === 0 ? 'no operation is active' : `active: ${operationLines(active).join(' ')}`];
}

export const talosUpgrade: Prompt<FrontEnd> = {
  name: 'talos_upgrade',
  title: 'Talos upgrade',
  description: 'Upgrades Talos on clusters, one wave after the other: look, plan, ask, start, report.',
  arguments: {
    clusters: {
      description: 'cluster names in wave order, separated by commas, staging first',
      isRequired: true,
      complete: (front, typed, _given, signal) => completeClusters(front, typed, signal),
    },
    to_version: {
      description: 'Talos version, like v1.13.9',
      isRequired: true,
      complete: async () => talosMinors.flatMap(({ latest }) => latest ?? []).toReversed(),
    },
  },
  async render(front, { clusters = '', to_version: toVersion = '' }, signal) {
    const names = namesIn(clusters);
    const facts = await factsNow(front, names, signal);
    const arguments_ = JSON.stringify({ clusters: names, kind: 'talos', to_version: toVersion });
    return [
      `Upgrade Talos on ${names.join(', then ')} to ${toVersion}, with the tools of containers-gm.`,
      '',
      `${simulatedMark(front.config.simulated) ?? ''} What is known now, as data:`.trim(),
      ...facts.map(line => fenced(line)),
      '',
      '1. cluster_health: stop and report if a cluster is not healthy, unless the upgrade is meant to mend it.',
      `2. rolling_upgrade with ${arguments_}: this plans and starts nothing.`,
      '3. Show the plan: nodes, order, minutes, warnings, who has to agree. If it is blocked, report the blockers and stop.',
      '4. When the user agrees: rolling_upgrade with its plan_hash. On APPROVAL_REQUIRED or AUTHORITY_REFUSED: say who decides, and stop.',
      '5. Report the operation_id and end your turn; the operation runs on without you. get_operation tells later what happened.',
    ].join('\n');
  },
};
