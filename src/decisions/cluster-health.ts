import type { ClusterFacts, EtcdViewFacts, MachineFacts, ServerFacts } from '../model/facts.ts';
import { CLUSTER_FAILURE_RULE, clusterFailures } from './emergency/cluster-failure.ts';
import { type HealthIssue, type HealthThresholds, healthIssues } from './health-issues.ts';
import { type EtcdHealth, judgeEtcd } from './quorum.ts';
import { sortedBy } from './verdict.ts';
import { normalVersion, talosVersionOfImage } from './versions.ts';

export type HealthStatus = 'healthy' | 'degraded' | 'critical' | 'unknown';

export type { HealthIssue };

export interface HealthInput {
  cluster: string;
  simulated: boolean;
  /** Undefined when Kubernetes could not be read; `unreadable` says why. */
  facts: ClusterFacts | undefined;
  unreadable?: string;
  /** The API servers, each by itself, where Kubernetes could not be read. */
  servers?: readonly ServerFacts[];
  /** Those that were asked; none when no contractor answered. */
  machines: readonly MachineFacts[];
  /** Nodes whose machine nobody asked: no fault of theirs, and no proof of their health. */
  notAsked?: ReadonlySet<string>;
  etcd: readonly EtcdViewFacts[];
  thresholds: HealthThresholds;
}

/** A cluster in the division's report format (seed lines 569-584), and more. */
export interface ClusterSummary {
  name: string;
  simulated: boolean;
  status: HealthStatus;
  /** total = ready + not_ready; unknown readiness is not ready. */
  nodes: { total: number; ready: number; not_ready: number };
  /** Finished (Succeeded) pods are not counted. */
  pods: { total: number; running: number; pending: number; failed: number };
  /** Requests in whole percent of allocatable, "n/a" when not known. */
  resource_usage: { cpu: string; memory: string };
  /** Every version that runs, "unknown" among them where one can't be read. */
  talos_versions: string[];
  /** Of the API servers, else of the kubelets; null when not known. */
  kubernetes_version: string | null;
  etcd: { members: number | null; leader: string | null; healthy: boolean; alarms: string[] };
}

export interface ClusterHealth {
  cluster: ClusterSummary;
  /** Worst first. None of severity critical or warning exactly when the cluster is healthy. */
  issues: HealthIssue[];
}

const SEVERITIES: readonly HealthIssue['severity'][] = ['critical', 'warning', 'info'];

/** Health of one cluster from what was read of it (R102-R110, R279-R282). What is not known is never healthy. */
export function clusterHealth(input: HealthInput): ClusterHealth {
  const planes = input.facts?.nodes.filter(node => node.role === 'control-plane') ?? [];
  const etcd = judgeEtcd(planes, input.etcd);
  const usage = requestPercent(input.facts);
  const found = input.facts
    ? healthIssues({
        facts: input.facts,
        machines: input.machines,
        notAsked: input.notAsked,
        thresholds: input.thresholds,
        etcd,
        usage,
      })
    : [unreadable(input)];
  const issues = [...failing(input), ...found].map(issue => ({ ...issue, cluster: input.cluster }));
  return {
    cluster: {
      name: input.cluster,
      simulated: input.simulated,
      status: statusOf(input, issues),
      nodes: countNodes(input.facts),
      pods: countPods(input.facts),
      resource_usage: { cpu: percentText(usage.cpu), memory: percentText(usage.memory) },
      talos_versions: talosVersions(input),
      kubernetes_version: kubernetesVersion(input.facts),
      etcd: summariseEtcd(etcd),
    },
    issues: SEVERITIES.flatMap(severity =>
      sortedBy(
        issues.filter(issue => issue.severity === severity),
        issue => `${issue.subject} ${issue.message}`,
      ),
    ),
  };
}

/** The worst of the clusters; none at all is unknown. */
export function overallStatus(statuses: readonly HealthStatus[]): HealthStatus {
  const worstFirst: readonly HealthStatus[] = ['critical', 'unknown', 'degraded', 'healthy'];
  return worstFirst.find(status => statuses.includes(status)) ?? 'unknown';
}

function statusOf(input: HealthInput, issues: readonly HealthIssue[]): HealthStatus {
  // What can't be read is unknown; that it fails may be seen all the same.
  const isFailing = issues.some(({ rule }) => rule === CLUSTER_FAILURE_RULE);
  if (!input.facts) return isFailing ? 'critical' : 'unknown';
  if (issues.some(issue => issue.severity === 'critical')) return 'critical';
  const isEtcdSeen = input.etcd.some(view => view.status !== undefined);
  if (!isEtcdSeen || input.facts.nodes.length === 0) return 'unknown';
  if (issues.some(issue => issue.severity === 'warning')) return 'degraded';
  return input.notAsked !== undefined && input.notAsked.size > 0 ? 'unknown' : 'healthy';
}

const failing = ({ cluster, facts, servers = [], etcd }: HealthInput): Omit<HealthIssue, 'cluster'>[] =>
  clusterFailures({ servers: facts?.servers ?? servers, etcd, nodes: facts?.nodes }).map(({ message }) => ({
    severity: 'critical',
    rule: CLUSTER_FAILURE_RULE,
    subject: cluster,
    message,
  }));

const unreadable = (input: HealthInput): Omit<HealthIssue, 'cluster'> => ({
  severity: 'critical',
  rule: 'R110: unknown is not healthy',
  subject: input.cluster,
  message: `Kubernetes could not be read: ${input.unreadable ?? 'no reason was given'}`,
});

function countNodes(facts: ClusterFacts | undefined): ClusterSummary['nodes'] {
  const total = facts?.nodes.length ?? 0;
  const ready = facts?.nodes.filter(node => node.ready === true).length ?? 0;
  return { total, ready, not_ready: total - ready };
}

function countPods(facts: ClusterFacts | undefined): ClusterSummary['pods'] {
  const active = facts?.pods.filter(pod => pod.phase !== 'Succeeded') ?? [];
  const inPhase = (phase: string): number => active.filter(pod => pod.phase === phase).length;
  return { total: active.length, running: inPhase('Running'), pending: inPhase('Pending'), failed: inPhase('Failed') };
}

/** Requests of the pods that hold a place on a node, in percent of what the nodes can give. */
function requestPercent(facts: ClusterFacts | undefined): { cpu: number | undefined; memory: number | undefined } {
  const nodes = facts?.nodes ?? [];
  const names = new Set(nodes.map(node => node.name));
  const placed = (facts?.pods ?? []).filter(
    pod => names.has(pod.nodeName ?? '') && pod.phase !== 'Succeeded' && pod.phase !== 'Failed',
  );
  const percent = (used: readonly number[], given: readonly number[]): number | undefined => {
    const all = given.reduce((sum, value) => sum + value, 0);
    return all > 0 ? (100 * used.reduce((sum, value) => sum + value, 0)) / all : undefined;
  };
  return {
    cpu: percent(
      placed.map(pod => pod.requests.cpuMillis),
      nodes.map(node => node.allocatable.cpuMillis),
    ),
    memory: percent(
      placed.map(pod => pod.requests.memoryBytes),
      nodes.map(node => node.allocatable.memoryBytes),
    ),
  };
}

const percentText = (percent: number | undefined): string =>
  percent === undefined ? 'n/a' : `${Math.round(percent)}%`;

/** Talos' own word where a machine was asked, else Kubernetes' osImage. */
function talosVersions(input: HealthInput): string[] {
  const versions = (input.facts?.nodes ?? []).map(node => {
    const told = input.machines.find(machine => machine.address === node.internalIp)?.version;
    return (told === undefined ? undefined : normalVersion(told)) ?? talosVersionOfImage(node.osImage) ?? 'unknown';
  });
  return [...new Set(versions)].sort();
}

function kubernetesVersion(facts: ClusterFacts | undefined): string | null {
  const servers = facts?.servers.flatMap(server => server.version ?? []) ?? [];
  const told = servers.length > 0 ? servers : (facts?.nodes.map(node => node.kubeletVersion) ?? []);
  return [...new Set(told)].sort().join(', ') || null;
}

const summariseEtcd = (etcd: EtcdHealth): ClusterSummary['etcd'] => ({
  members: etcd.memberCount ?? null,
  leader: etcd.leaderNode ?? null,
  healthy: etcd.isHealthy,
  alarms: [...etcd.alarms],
});
