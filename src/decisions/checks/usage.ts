import type { ClusterFacts, NodeFacts } from '../../model/facts.ts';
import type { NodeUsage, PodUsage } from '../../model/usage-facts.ts';
import { isFinished } from '../budgets.ts';
import { nameSome } from '../verdict.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, percentOf, unknownIssue } from './check.ts';

interface UsageThresholds {
  node_cpu_percent: number;
  node_memory_percent: number;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const GIB = 1024 ** 3;
const gib = (bytes: number): number => Math.round((10 * bytes) / GIB) / 10;

/** What the metrics API lacks is said, never taken for 0 (ledger R119). */
export const unavailable = (cluster: string): CheckIssue =>
  issueOf('info', 'R119: usage is unavailable', cluster, 'the cluster has no metrics API: usage is unavailable, not 0');

/** Requests, usage and what could be given, of nodes that pods can be on. */
export function balance(facts: ClusterFacts, usage: readonly NodeUsage[] | undefined) {
  const placed = facts.pods.filter(pod => pod.nodeName !== undefined && !isFinished(pod));
  const cpu = total(facts.nodes.map(({ allocatable }) => allocatable.cpuMillis));
  const memory = total(facts.nodes.map(({ allocatable }) => allocatable.memoryBytes));
  const requested = {
    cpuMillis: total(placed.map(({ requests }) => requests.cpuMillis)),
    memoryBytes: total(placed.map(({ requests }) => requests.memoryBytes)),
  };
  return {
    requested,
    percent: {
      cpu_requested: percentOf(requested.cpuMillis, cpu),
      memory_requested: percentOf(requested.memoryBytes, memory),
      cpu_used: usage && percentOf(total(usage.map(({ cpuMillis }) => cpuMillis)), cpu),
      memory_used: usage && percentOf(total(usage.map(({ memoryBytes }) => memoryBytes)), memory),
    },
    allocatable: { cpu_cores: cpu / 1000, memory_gib: gib(memory) },
  };
}

export const shown = (percent: number | undefined): string => (percent === undefined ? 'unavailable' : `${percent}%`);

/** CPU and memory of the cluster and of each node: requests, and usage where there is a metrics API (ledger R107, R119, R127). */
export function checkResources(
  facts: ClusterFacts,
  usage: readonly NodeUsage[] | undefined,
  thresholds: UsageThresholds,
): Check {
  const { percent, allocatable } = balance(facts, usage);
  const over = (what: string, value: number | undefined, limit: number, rule: string): CheckIssue[] =>
    value !== undefined && value > limit
      ? [issueOf('warning', rule, what, `${what} is ${value}% of allocatable, over ${limit}%`)]
      : [];
  const { node_cpu_percent: cpu, node_memory_percent: memory } = thresholds;
  const issues = [
    ...(facts.nodes.length === 0 ? [unknownIssue('nodes', 'the cluster shows no node')] : []),
    ...over('CPU requests', percent.cpu_requested, cpu, 'R123: CPU over its threshold'),
    ...over('memory requests', percent.memory_requested, memory, 'R124: memory over its threshold'),
    ...over('CPU usage', percent.cpu_used, cpu, 'R123: CPU over its threshold'),
    ...over('memory usage', percent.memory_used, memory, 'R124: memory over its threshold'),
    ...(usage === undefined ? [unavailable(facts.cluster)] : []),
  ];
  return {
    issues,
    headline: headlineOf(`CPU ${shown(percent.cpu_used)} used, memory ${shown(percent.memory_used)}`, issues),
    figures: { percent, allocatable, nodes: nodeFigures(facts, usage) },
  };
}

export function nodeFigures(facts: ClusterFacts, usage: readonly NodeUsage[] | undefined) {
  return facts.nodes.slice(0, 100).map(({ name, allocatable }) => {
    const used = usage?.find(({ node }) => node === name);
    const pods = facts.pods.filter(pod => pod.nodeName === name && !isFinished(pod));
    return {
      node: name,
      cpu_used_percent: used && percentOf(used.cpuMillis, allocatable.cpuMillis),
      memory_used_percent: used && percentOf(used.memoryBytes, allocatable.memoryBytes),
      cpu_requested_percent: percentOf(total(pods.map(({ requests }) => requests.cpuMillis)), allocatable.cpuMillis),
      memory_requested_percent: percentOf(
        total(pods.map(({ requests }) => requests.memoryBytes)),
        allocatable.memoryBytes,
      ),
      pods: pods.length,
      pods_allocatable: allocatable.pods,
    };
  });
}

/** One look at the CPU of the nodes: percent of allocatable by name. */
export interface CpuLook {
  at: number;
  percent: Readonly<Record<string, number>>;
}

/** CPU has to stay above its threshold for so long to count as sustained (ledger R123). */
export const SUSTAINED_MS = 5 * 60_000;

/** Percent of allocatable, unrounded: a threshold is judged by what is, not by what is shown. */
export const cpuLook = (nodes: readonly NodeFacts[], usage: readonly NodeUsage[], at: number): CpuLook => ({
  at,
  percent: Object.fromEntries(
    usage.flatMap(({ node: name, cpuMillis }) => {
      const node = nodes.find(candidate => candidate.name === name);
      return node ? [[name, (100 * cpuMillis) / node.allocatable.cpuMillis]] : [];
    }),
  ),
});

export interface CpuVerdict {
  sustained: string[];
  /** Above in every look, and not yet for long enough: look again. */
  undecided: string[];
}

/** Above the threshold in every look, from the first to the last at least five minutes later (R123): a single low look refutes it. */
export function sustainedCpu(looks: readonly CpuLook[], limit: number): CpuVerdict {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) return { sustained: [], undecided: [] };
  const above = Object.keys(last.percent).filter(node => looks.every(({ percent }) => (percent[node] ?? 0) > limit));
  return last.at - first.at >= SUSTAINED_MS ? { sustained: above, undecided: [] } : { sustained: [], undecided: above };
}

/** CPU, memory and pods of each node (ledger R112, R123, R124). `looks` oldest first; the last is of `usage`. */
export function checkNodeUsage(input: {
  facts: ClusterFacts;
  usage: readonly NodeUsage[] | undefined;
  looks: readonly CpuLook[];
  thresholds: UsageThresholds;
}): Check {
  const { facts, usage, looks, thresholds } = input;
  const silent = usage
    ? facts.nodes.filter(({ name }) => !usage.some(({ node }) => node === name)).map(({ name }) => name)
    : [];
  const memory = (usage ?? []).flatMap(({ node: name, memoryBytes }) => {
    const given = facts.nodes.find(node => node.name === name)?.allocatable.memoryBytes ?? 0;
    const percent = given > 0 ? (100 * memoryBytes) / given : 0;
    return percent > thresholds.node_memory_percent ? [{ name, percent }] : [];
  });
  const issues = [
    ...sustainedCpu(looks, thresholds.node_cpu_percent).sustained.map(name =>
      issueOf(
        'warning',
        'R123: CPU sustained over its threshold',
        name,
        `scale alert: ${name} uses more than ${thresholds.node_cpu_percent}% CPU for ${SUSTAINED_MS / 60_000} minutes`,
      ),
    ),
    ...memory.map(({ name, percent }) =>
      issueOf(
        'warning',
        'R124: memory over its threshold',
        name,
        `scale alert: ${name} uses ${percent.toFixed(1)}% memory, over ${thresholds.node_memory_percent}%`,
      ),
    ),
    ...silent.map(name => unknownIssue(name, `the metrics API says nothing of ${name}`)),
    ...(usage === undefined ? [unavailable(facts.cluster)] : []),
  ];
  return {
    issues,
    headline: headlineOf(`usage of ${usage?.length ?? 0} of ${facts.nodes.length} nodes known`, issues),
    figures: {
      nodes: nodeFigures(facts, usage),
      disk: 'unavailable: the metrics API does not tell it',
      sampled_at: looks.map(({ at }) => new Date(at).toISOString()),
    },
  };
}

/** What containers use against what they asked for (ledger R119). */
export function checkContainerUsage(facts: ClusterFacts, usage: readonly PodUsage[] | undefined): Check {
  const rule = 'R119: container resource usage';
  const above = (usage ?? []).flatMap(used => {
    const pod = facts.pods.find(({ namespace, name }) => namespace === used.namespace && name === used.pod);
    const asked = pod?.requests.memoryBytes ?? 0;
    return asked > 0 && used.memoryBytes > 2 * asked ? [`${used.namespace}/${used.pod}`] : [];
  });
  const most = (usage ?? []).toSorted((one, other) => other.memoryBytes - one.memoryBytes).slice(0, 10);
  const issues = [
    ...(usage === undefined ? [unavailable(facts.cluster)] : []),
    ...(above.length > 0
      ? [issueOf('info', rule, 'pods', `${above.length} pods use twice the memory they ask for: ${nameSome(above)}`)]
      : []),
  ];
  return {
    issues,
    headline: headlineOf(
      usage === undefined ? 'container usage unavailable' : `usage of ${usage.length} pods known`,
      issues,
    ),
    figures: {
      pods_measured: usage?.length ?? 'unavailable',
      most_memory: most.map(({ namespace, pod, cpuMillis, memoryBytes }) => ({
        pod: `${namespace}/${pod}`,
        cpu_millis: cpuMillis,
        memory_bytes: memoryBytes,
      })),
    },
  };
}
