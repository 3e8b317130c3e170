import type { ClusterFacts } from '../../model/facts.ts';
import { isFinished } from '../budgets.ts';
import { type Check, headlineOf, issueOf, percentOf, unknownIssue } from './check.ts';

/** Between these the division calls a cluster well used (seed 484); nodes are counted for the upper one. */
const TARGET_PERCENT = { least: 60, most: 75 };

/**
 * Workers that the present requests need at 75 % with one worker gone (N-1), and how many more than there are (ledger R159; seed 484).
 */
export function checkNodeNeeds(facts: ClusterFacts): Check {
  const workers = facts.nodes.filter(({ role }) => role === 'worker');
  const names = new Set(workers.map(({ name }) => name));
  const placed = facts.pods.filter(pod => names.has(pod.nodeName ?? '') && !isFinished(pod));
  const waiting = facts.pods.filter(({ nodeName, phase }) => nodeName === undefined && phase === 'Pending');
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const asked = [...placed, ...waiting];
  const cpu = sum(asked.map(({ requests }) => requests.cpuMillis));
  const memory = sum(asked.map(({ requests }) => requests.memoryBytes));
  if (workers.length === 0) {
    return { issues: [unknownIssue(facts.cluster, 'the cluster shows no worker')], headline: 'no worker', figures: {} };
  }
  const mean = (values: readonly number[]): number => sum(values) / workers.length;
  const size = {
    cpu: mean(workers.map(({ allocatable }) => allocatable.cpuMillis)),
    memory: mean(workers.map(({ allocatable }) => allocatable.memoryBytes)),
  };
  const needed = nodesNeeded({ cpu, memory }, size);
  const missing = Math.max(0, needed - workers.length);
  const percent = {
    cpu: percentOf(cpu, size.cpu * workers.length),
    memory: percentOf(memory, size.memory * workers.length),
  };
  const issues =
    missing > 0
      ? [
          issueOf(
            'warning',
            'R159: node scaling requirements',
            facts.cluster,
            `${facts.cluster} needs ${missing} more workers for ${TARGET_PERCENT.most}% with one worker gone`,
          ),
        ]
      : [];
  return {
    issues,
    headline: headlineOf(`${facts.cluster} needs ${needed} workers, has ${workers.length}`, issues),
    figures: {
      workers: workers.length,
      needed,
      missing,
      target_percent: TARGET_PERCENT,
      requested_percent: percent,
      worker_size: { cpu_cores: Math.round(size.cpu / 1000), memory_gib: Math.round(size.memory / 1024 ** 3) },
      method: 'requests of placed and waiting pods, at the upper target, plus one worker',
    },
  };
}

/** Workers of one size for what is asked, at the upper target, plus one that may be gone. */
export const nodesNeeded = (asked: { cpu: number; memory: number }, size: { cpu: number; memory: number }): number =>
  Math.max(
    1,
    Math.ceil((100 * asked.cpu) / (TARGET_PERCENT.most * size.cpu)),
    Math.ceil((100 * asked.memory) / (TARGET_PERCENT.most * size.memory)),
  ) + 1;

/** Gate: what was lost is back — every node takes pods, none waits for a place (seed 527). */
export function checkCapacityRestored(facts: ClusterFacts): Check {
  const rule = 'seed 527: verify cluster capacity restored';
  const away = facts.nodes.filter(({ ready }) => ready !== true);
  const homeless = facts.pods.filter(({ phase, nodeName }) => phase === 'Pending' && nodeName === undefined);
  const issues = [
    ...(facts.nodes.length === 0 ? [unknownIssue(facts.cluster, 'the cluster shows no node')] : []),
    ...away.map(({ name, ready }) =>
      ready === 'unknown'
        ? unknownIssue(name, `${name} is of unknown readiness`)
        : issueOf('critical', rule, name, `${name} is not Ready`),
    ),
    ...(homeless.length > 0 ? [issueOf('critical', rule, 'pods', `${homeless.length} pods have no node`)] : []),
  ];
  return {
    issues,
    headline: headlineOf(`${facts.nodes.length - away.length} of ${facts.nodes.length} nodes carry pods`, issues),
    figures: { nodes: facts.nodes.length, away: away.length, unplaced_pods: homeless.length },
  };
}
