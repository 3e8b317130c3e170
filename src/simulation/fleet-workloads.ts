import { BadRequest } from './bad-request.ts';

/** Pods described one kind at a time, in place of the catalogue. */
export interface WorkloadSpec {
  name: string;
  /** Default Deployment. */
  kind?: 'Deployment' | 'StatefulSet';
  replicas: number;
  /** So many alike: NAME-1, NAME-2, … Default 1. */
  copies?: number;
  cpu_millicores: number;
  /** Default 256. */
  memory_mib?: number;
  /** Of its PodDisruptionBudget; absent = it has none. */
  max_unavailable?: number;
  /** Of a StatefulSet: local to the node (its pods can go nowhere else), or attachable anywhere. */
  volume?: 'pinned' | 'network';
  /** At most one pod a node. */
  exclusive?: boolean;
}

const NUMBERS = {
  replicas: [1, 5_000],
  copies: [1, 1_000],
  cpu_millicores: [1, 512_000],
  memory_mib: [1, 4_000_000],
  max_unavailable: [0, 5_000],
} as const;

const CHOICES = {
  kind: ['Deployment', 'StatefulSet'],
  volume: ['pinned', 'network'],
  exclusive: [true, false],
} as const;

/** Reads a cluster's "workloads". Throws BadRequest. */
export function readWorkloads(cluster: string, given: unknown): WorkloadSpec[] {
  if (!Array.isArray(given)) throw new BadRequest(`${cluster}: "workloads" is no list`, 'write [{"name": "web", …}]');
  return given.map(one => readWorkload(cluster, (one ?? {}) as Record<string, unknown>));
}

function readWorkload(cluster: string, given: Record<string, unknown>): WorkloadSpec {
  const { name } = given;
  if (typeof name !== 'string' || !/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new BadRequest(`${cluster}: workload ${JSON.stringify(name)}`, 'use lower-case letters, digits and dashes');
  }
  const known = ['name', ...Object.keys(NUMBERS), ...Object.keys(CHOICES)];
  const unknown = Object.keys(given).find(field => !known.includes(field));
  if (unknown !== undefined) throw new BadRequest(`${name}: unknown field "${unknown}"`, `fields: ${known.join(', ')}`);
  for (const [field, [least, most]] of Object.entries(NUMBERS)) {
    const value = given[field];
    if (value === undefined && field !== 'replicas' && field !== 'cpu_millicores') continue;
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) continue;
    throw new BadRequest(`${name}: "${field}" ${JSON.stringify(value)}`, `write a number from ${least} to ${most}`);
  }
  for (const [field, choices] of Object.entries(CHOICES)) {
    const value = given[field];
    if (value === undefined || choices.some(choice => choice === value)) continue;
    throw new BadRequest(`${name}: "${field}" ${JSON.stringify(value)}`, `use one of: ${choices.join(', ')}`);
  }
  if (given.volume !== undefined && given.kind !== 'StatefulSet') {
    throw new BadRequest(`${name}: a Deployment has no volume of its own here`, 'make it a StatefulSet');
  }
  return given as unknown as WorkloadSpec;
}
