import { BadRequest } from './bad-request.ts';
import type { WorkloadSpec } from './fleet-workloads.ts';
import { readWorkloads } from './fleet-workloads.ts';
import { parseVersion } from './world/talos-release.ts';

export interface ClusterSpec {
  name: string;
  environment: 'staging' | 'production';
  control_planes: number;
  workers: number;
  /** All pods, those of DaemonSets and static pods included. */
  pods: number;
  budgets: number;
  /** Of `pods`, how many fit nowhere. Default 0. */
  pending_pods?: number;
  /** StatefulSets of 3 whose volumes are pinned to their nodes. Default 0. */
  pinned_databases?: number;
  /** Failure domains the nodes are spread over; 0 = no zone labels. Default 0. */
  zones?: number;
  /** Share of the workers' cpu and memory that is requested, 0 to 0.95. Default 0.5. */
  utilisation?: number;
  /** The pods there are, in place of the catalogue: `pods`, `budgets` and `pinned_databases` then count for nothing. */
  workloads?: readonly WorkloadSpec[];
  /** With `workloads`: pods of this size and without a budget fill the workers up to `utilisation`. */
  filler_millicores?: number;
  /** Not created yet: its machines stand ready without a configuration, and there is no Kubernetes. Default false. */
  awaits_creation?: boolean;
  worker_cores?: number;
  worker_memory_gib?: number;
  talos_version?: string;
  kubernetes_version?: string;
  seed?: number;
}

export interface FleetSpec {
  /** The release of the fleet's talosctl, 1.9 to 1.14. Default v1.13.9. */
  talosctl_version?: string;
  clusters: ClusterSpec[];
}

export const DEFAULT_TALOSCTL = 'v1.13.9';

/** The fleet of the seed's report: staging 6 nodes and 89 pods, production 12 nodes and 245 pods, 2 of them pending. */
export const DEFAULT_FLEET: FleetSpec = {
  clusters: [
    { name: 'staging', environment: 'staging', control_planes: 3, workers: 3, pods: 89, budgets: 5, utilisation: 0.45 },
    {
      name: 'production',
      environment: 'production',
      control_planes: 3,
      workers: 9,
      pods: 245,
      budgets: 12,
      pending_pods: 2,
      pinned_databases: 1,
      zones: 3,
      utilisation: 0.6,
    },
  ],
};

const NUMBERS = {
  control_planes: [1, 9],
  workers: [0, 5_000],
  pods: [0, 200_000],
  budgets: [0, 5_000],
  pending_pods: [0, 10_000],
  pinned_databases: [0, 500],
  zones: [0, 20],
  utilisation: [0, 0.95],
  filler_millicores: [1, 512_000],
  worker_cores: [1, 512],
  worker_memory_gib: [1, 4_096],
  seed: [0, 2 ** 32 - 1],
} as const;

const REQUIRED = ['control_planes', 'workers', 'pods', 'budgets'] as const;
const OTHERS = ['workloads', 'awaits_creation'];
const TEXTS = ['name', 'environment', 'talos_version', 'kubernetes_version'];

/** Reads the content of a clusters file (JSON). Throws BadRequest with the fix. */
export function readFleetSpec(content: unknown): FleetSpec {
  const { clusters, talosctl_version: talosctl } = (content ?? {}) as {
    clusters?: unknown;
    talosctl_version?: unknown;
  };
  if (!Array.isArray(clusters) || clusters.length === 0) {
    throw new BadRequest('no "clusters" list', 'write {"clusters": [{"name": "staging", …}]}');
  }
  const specs = clusters.map(readCluster);
  const names = new Set(specs.map(spec => spec.name));
  if (names.size < specs.length) throw new BadRequest('two clusters have one name', 'name each cluster differently');
  if (talosctl === undefined) return { clusters: specs };
  const minor = typeof talosctl === 'string' ? parseVersion(talosctl)?.minor : undefined;
  if (typeof talosctl !== 'string' || minor === undefined || minor < 9 || minor > 14)
    throw new BadRequest(`"talosctl_version" ${JSON.stringify(talosctl)}`, 'write a version from v1.9.0 to v1.14');
  return { talosctl_version: talosctl.startsWith('v') ? talosctl : `v${talosctl}`, clusters: specs };
}

function readCluster(given: unknown): ClusterSpec {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new BadRequest('a cluster is no object', 'write {"name": …, "control_planes": 3, …}');
  }
  const fields = given as Record<string, unknown>;
  const { name, environment = 'staging' } = fields;
  if (typeof name !== 'string' || !/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/.test(name)) {
    throw new BadRequest(`cluster name ${JSON.stringify(name)}`, 'use lower-case letters, digits and dashes');
  }
  if (environment !== 'staging' && environment !== 'production') {
    throw new BadRequest(`${name}: environment ${JSON.stringify(environment)}`, 'use "staging" or "production"');
  }
  const spec: ClusterSpec = { name, environment, control_planes: 3, workers: 3, pods: 0, budgets: 0 };
  refuseUnknown(name, fields);
  if (awaitsCreation(name, fields.awaits_creation)) spec.awaits_creation = true;
  if (fields.workloads !== undefined) spec.workloads = readWorkloads(name, fields.workloads);
  for (const field of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    const isCounted =
      (spec.workloads === undefined && spec.awaits_creation !== true) || !['pods', 'budgets'].includes(field);
    const value = readNumber(name, field, fields[field] ?? (isCounted ? undefined : 0));
    if (value !== undefined) spec[field] = value;
  }
  for (const field of ['talos_version', 'kubernetes_version'] as const) {
    const value = fields[field];
    if (value === undefined) continue;
    if (typeof value !== 'string' || parseVersion(value) === undefined) {
      throw new BadRequest(`${name}: "${field}" ${JSON.stringify(value)}`, 'write a version such as v1.12.11');
    }
    spec[field] = value.startsWith('v') ? value : `v${value}`;
  }
  return spec;
}

function awaitsCreation(cluster: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw new BadRequest(`${cluster}: "awaits_creation" ${JSON.stringify(value)}`, 'write true or false');
}

function refuseUnknown(name: string, fields: Record<string, unknown>): void {
  for (const field of Object.keys(fields)) {
    if (!(field in NUMBERS) && !TEXTS.includes(field) && !OTHERS.includes(field)) {
      throw new BadRequest(
        `${name}: unknown field "${field}"`,
        `fields: ${[...TEXTS, ...Object.keys(NUMBERS)].join(', ')}`,
      );
    }
  }
}

function readNumber(cluster: string, field: keyof typeof NUMBERS, value: unknown): number | undefined {
  const [least, most] = NUMBERS[field];
  if (value === undefined) {
    if (!REQUIRED.some(required => required === field)) return undefined;
    throw new BadRequest(`${cluster}: "${field}" is missing`, `write a number from ${least} to ${most}`);
  }
  const isWhole = field === 'utilisation' || Number.isInteger(value);
  if (typeof value === 'number' && isWhole && value >= least && value <= most) return value;
  throw new BadRequest(`${cluster}: "${field}" ${JSON.stringify(value)}`, `write a number from ${least} to ${most}`);
}
