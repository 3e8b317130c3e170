import * as z from 'zod';
import type { Role } from './principal.ts';

export const Mode = z.enum(['observe', 'operate']);

export const MaintenanceWindow = z.strictObject({ cron: z.string(), duration: z.string(), timezone: z.string() });

const POD_MEMORY = 'container_memory_working_set_bytes{container!=""}';
const byPod = (vector: string): string => `sum by(namespace, pod) (${vector})`;

/** PromQL for each metric: one series each, but those of pods, which are instant and yield one for each `namespace` and `pod`. The defaults need the kubelets' cAdvisor and kube-state-metrics. */
const PrometheusQueries = z.strictObject({
  cpu_used_cores: z.string().default('sum(rate(container_cpu_usage_seconds_total{id="/"}[5m]))'),
  memory_used_bytes: z.string().default('sum(container_memory_working_set_bytes{id="/"})'),
  cpu_requested_cores: z.string().default(requestedOf('cpu')),
  memory_requested_bytes: z.string().default(requestedOf('memory')),
  cpu_allocatable_cores: z.string().default('sum(kube_node_status_allocatable{resource="cpu"})'),
  memory_allocatable_bytes: z.string().default('sum(kube_node_status_allocatable{resource="memory"})'),
  pods: z.string().default('sum(kube_pod_status_phase{phase=~"Pending|Running"})'),
  nodes: z.string().default('count(kube_node_info)'),
  pod_cpu_p95_cores: z
    .string()
    .default(`quantile_over_time(0.95, ${byPod('rate(container_cpu_usage_seconds_total{container!=""}[5m])')}[7d:5m])`),
  pod_memory_max_bytes: z.string().default(`max_over_time(${byPod(POD_MEMORY)}[7d:5m])`),
  pod_hours_seen: z.string().default(`count_over_time(${byPod(POD_MEMORY)}[7d:1h])`),
});

/** Of pods that hold their place: those that ended keep their requests in the metrics. */
function requestedOf(resource: 'cpu' | 'memory'): string {
  return `sum(kube_pod_container_resource_requests{resource="${resource}"} * on(namespace, pod) group_left() (max by(namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running"}) == 1))`;
}

/** One cluster in division.yaml. Paths may start with ~. */
export const ClusterYaml = z.strictObject({
  mode: Mode.default('observe'),
  environment: z.enum(['staging', 'production']).default('production'),
  kubernetes: z.strictObject({
    kubeconfig: z.string().default('~/.kube/config'),
    context: z.string(),
    /** Every control plane server, so that one that reboots is not an outage (SAFETY 5). */
    servers: z.array(z.url()).default([]),
  }),
  talos: z.strictObject({
    contractor: z.string().default('talos'),
    talosconfig: z.string().default('~/.talos/config'),
    context: z.string(),
    /** Control plane addresses; never a VIP, never a worker (SAFETY 1). */
    endpoints: z.array(z.string()).min(1),
  }),
  installer: z.string().default('factory.talos.dev/metal-installer/{schematic}:{version}'),
  windows: z.array(MaintenanceWindow).default([]),
  /** One machine without a configuration on which nothing lives: backups are restored into it to prove them, and wiped again. */
  scratch: z.boolean().default(false),
  /** Where the cluster's metrics are remembered. */
  prometheus: z
    .strictObject({ url: z.url(), token_file: z.string().optional(), queries: PrometheusQueries.prefault({}) })
    .optional(),
});

/** Somebody whose signed decisions count; `public_key` in PEM, or the base64 of its DER (Ed25519). */
export const Approver = z.strictObject({
  name: z.string().min(1).max(80),
  role: z.enum(['coo', 'cortex-prime']),
  public_key: z.string(),
});
export type Approver = z.infer<typeof Approver>;

/** Of a cluster, or of a federation of clusters. */
const clusterName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const tokens = z.number().int().min(0);

export const DivisionYaml = z.strictObject({
  clusters: z.record(clusterName, ClusterYaml),
  thresholds: z
    .strictObject({
      node_cpu_percent: z.number().default(80),
      node_memory_percent: z.number().default(85),
      pod_restarts_per_hour: z.number().default(5),
      etcd_latency_ms: z.number().default(100),
      certificate_days: z.number().default(30),
    })
    .prefault({}),
  budget: z
    .strictObject({
      daily_tokens: tokens.default(15_000),
      categories: z
        .strictObject({
          coordination: tokens.default(4000),
          supervision: tokens.default(8000),
          reporting: tokens.default(2000),
          emergency_reserve: tokens.default(1000),
        })
        .prefault({}),
    })
    .prefault({}),
  /** How long it takes from the request for machines until they are nodes. */
  capacity: z.strictObject({ lead_time_days: z.number().int().min(0).max(365).default(14) }).prefault({}),
  /** IANA name: where the division's day turns. */
  timezone: z.string().default('UTC'),
  snapshot_dir: z.string().optional(),
  /** Machine configs, kubeconfigs and talosconfigs that are written or sent lie here, for their owner alone. */
  secrets_dir: z.string().optional(),
  /** Clusters that are looked at together. */
  federations: z.record(clusterName, z.strictObject({ clusters: z.array(z.string()).min(1) })).default({}),
  principals: z.array(z.strictObject({ name: z.string(), role: z.string(), token_sha256: z.string() })).default([]),
  approvers: z.array(Approver).default([]),
});
export type DivisionYaml = z.infer<typeof DivisionYaml>;

/** One entry of mcp.json's mcpServers, as every MCP host writes it. */
export const McpServerEntry = z.looseObject({
  command: z.string(),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
});
export type McpServerEntry = z.infer<typeof McpServerEntry>;

/** A cluster with everything resolved: absolute paths, name, and whether it is the simulation's. */
export interface ClusterConfig {
  name: string;
  mode: z.infer<typeof Mode>;
  environment: 'staging' | 'production';
  simulated: boolean;
  kubernetes: { kubeconfig: string; context: string; servers: readonly string[] };
  talos: { contractor: string; talosconfig: string; context: string; endpoints: readonly string[] };
  /** Template with {schematic} and {version}. */
  installer: string;
  /** When disruptive work may start; absent or none: always. */
  windows?: readonly z.infer<typeof MaintenanceWindow>[];
  /** Backups are proved in it; it is none of the clusters that anybody is served from, and counts for none. */
  scratch?: true;
  /** Absent: nothing but the division's own samples tells of the past. */
  prometheus?: PrometheusConfig;
}

/** A cluster's Prometheus server. */
export interface PrometheusConfig {
  /** http or https, without a user or password in it. */
  url: string;
  /** Absolute path of a file with a bearer token. */
  tokenFile: string | undefined;
  queries: z.infer<typeof PrometheusQueries>;
}

/** The validated configuration, frozen. */
export interface Config {
  /** CORTEX_HOME. */
  home: string;
  /** home/coordination/divisions/containers */
  divisionDirectory: string;
  /** Of division.yaml, absolute; undefined when simulated. */
  divisionFile: string | undefined;
  /** True when nothing was configured: the embedded fleet. Its clusters come from the running simulation. */
  simulated: boolean;
  simulation: { directory: string; speed: number; seed: number; fleetFile?: string };
  /** Configured clusters; empty when simulated. */
  clusters: readonly ClusterConfig[];
  contractors: Readonly<Record<string, McpServerEntry>>;
  thresholds: DivisionYaml['thresholds'];
  budget: DivisionYaml['budget'];
  capacity: DivisionYaml['capacity'];
  /** IANA name: where the division's day turns. */
  timezone: string;
  snapshotDirectory: string;
  /** Where files with secrets lie that are sent to machines or written by contractors. */
  secretsDirectory: string;
  /** Name -> names of its clusters. */
  federations: Readonly<Record<string, readonly string[]>>;
  principal: Role;
  approvers: readonly Approver[];
  logLevel: string;
  /** How to start this program again (the executor, a contractor): [command, ...args]. */
  self: readonly [string, ...string[]];
}
