import {
  type ClusterHealth,
  type ClusterSummary,
  clusterHealth,
  type HealthIssue,
  type HealthStatus,
  overallStatus,
} from '../decisions/cluster-health.ts';
import { talosVersionOfImage } from '../decisions/versions.ts';
import type { NodeFacts } from '../model/facts.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';
import { keepSample, usageNow } from './keep-sample.ts';
import { type ClusterReading, lookAtCluster } from './read-cluster.ts';

/** A cluster in the report's format (seed lines 569-584), with when it was read. */
export interface ClusterLine extends ClusterSummary {
  environment: 'staging' | 'production';
  as_of: string;
  stale: boolean;
}

export interface DivisionHealth extends Record<string, unknown> {
  overall_status: HealthStatus;
  /** The same, for readers of the divisions' common format (R278). */
  status: HealthStatus;
  simulated: boolean;
  clusters: ClusterLine[];
  /** Worst first. */
  issues: HealthIssue[];
  /** When the oldest of the readings was taken. */
  as_of: string;
  /** True when a cluster could not be read now. */
  stale: boolean;
}

const severities: readonly HealthIssue['severity'][] = ['critical', 'warning', 'info'];

const iso = (ms: number): string => new Date(ms).toISOString();

function judge(front: FrontEnd, reading: ClusterReading): ClusterHealth {
  return clusterHealth({
    cluster: reading.name,
    simulated: reading.simulated,
    facts: reading.facts,
    ...(reading.unreadable !== undefined && { unreadable: reading.unreadable }),
    ...(reading.servers && { servers: reading.servers }),
    machines: reading.machines,
    etcd: reading.etcd,
    thresholds: front.config.thresholds,
  });
}

function lineOf(front: FrontEnd, reading: ClusterReading, health: ClusterHealth): ClusterLine {
  return {
    ...health.cluster,
    environment: reading.environment,
    as_of: iso(reading.facts?.asOf ?? front.clock.now()),
    stale: reading.facts === undefined,
  };
}

/** Every cluster, read now, all at once; one that can't be read keeps none of the others from answering (R110). */
export async function divisionHealth(
  front: FrontEnd,
  clusters: readonly ClusterPorts[],
  signal: AbortSignal,
): Promise<DivisionHealth> {
  const readings = await Promise.all(
    clusters.map(async ports => {
      const reading = await lookAtCluster(front, ports, signal);
      if (reading.facts) await keepSample(front, ports, reading.facts, () => usageNow(ports, signal));
      return reading;
    }),
  );
  const judged = readings.map(reading => ({ reading, health: judge(front, reading) }));
  const lines = judged.map(({ reading, health }) => lineOf(front, reading, health));
  const issues = judged.flatMap(({ health }) => health.issues);
  const overall = overallStatus(lines.map(line => line.status));
  return {
    overall_status: overall,
    status: overall,
    simulated: front.config.simulated,
    clusters: lines,
    issues: severities.flatMap(severity => issues.filter(issue => issue.severity === severity)),
    as_of: lines.map(line => line.as_of).toSorted()[0] ?? iso(front.clock.now()),
    stale: lines.some(line => line.stale),
  };
}

const nodeLine = (reading: ClusterReading) => (node: NodeFacts) => {
  const machine = reading.machines.find(({ address }) => address === node.internalIp);
  return {
    name: node.name,
    role: node.role,
    address: node.internalIp ?? null,
    ready: node.ready,
    unschedulable: node.unschedulable,
    cordoned_by: node.cordonOwner ?? null,
    talos_version: machine?.version ?? talosVersionOfImage(node.osImage) ?? 'unknown',
    kubelet_version: node.kubeletVersion,
    stage: machine?.stage ?? 'unknown',
    schematic: machine?.schematic ?? 'unknown',
    ...(machine?.error !== undefined && { error: machine.error }),
  };
};

/** One cluster, read now: the summary, every node, every API server and every issue. */
export async function wholeClusterHealth(
  front: FrontEnd,
  ports: ClusterPorts,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const reading = await lookAtCluster(front, ports, signal);
  const health = judge(front, reading);
  return {
    ...lineOf(front, reading, health),
    mode: ports.config.mode,
    issues: health.issues,
    node_list: (reading.facts?.nodes ?? []).map(nodeLine(reading)),
    api_servers: (reading.facts?.servers ?? []).map(({ url, reachable, version, etcdReady }) => ({
      url,
      reachable,
      version: version ?? 'unknown',
      etcd_ready: etcdReady,
    })),
  };
}

/** A cluster in one line: "staging: healthy, 6 of 6 nodes ready, Talos v1.12.11, Kubernetes v1.35.4". */
export const clusterSentence = ({
  name,
  status,
  nodes,
  talos_versions: talos,
  kubernetes_version: version,
}: ClusterLine) =>
  status === 'unknown' && nodes.total === 0
    ? `${name}: unknown`
    : `${name}: ${status}, ${nodes.ready} of ${nodes.total} nodes ready, Talos ${talos.join(' and ')}, Kubernetes ${version ?? 'unknown'}`;
