import type { Talosctl } from '../../talosctl/ask.ts';
import { TalosctlError } from '../../talosctl/errors.ts';

/** One cluster the contractor over several knows, and how its machines are reached. */
export interface FleetCluster {
  name: string;
  context: string;
  environment: string;
  simulated: boolean;
  endpoints: readonly string[];
  talosctl: Talosctl;
}

/** What every tool over several clusters gets. */
export interface Fleet {
  clusters: readonly FleetCluster[];
  /** Name -> names of its clusters. */
  federations: Readonly<Record<string, readonly string[]>>;
}

export interface Choice {
  clusters?: string[] | undefined;
  federation?: string | undefined;
}

function refuse(what: string, known: readonly string[]): never {
  throw new TalosctlError('invalid_argument', `${what}; there are ${known.length === 0 ? 'none' : known.join(', ')}`);
}

/** The clusters that are asked for: some by name, those of a federation, or all. Throws TalosctlError invalid_argument. */
export function chosenClusters(fleet: Fleet, { clusters, federation }: Choice): FleetCluster[] {
  if (clusters !== undefined && federation !== undefined)
    throw new TalosctlError('invalid_argument', 'name clusters or a federation, not both');
  const all = fleet.clusters.map(({ name }) => name);
  const members = federation === undefined ? undefined : fleet.federations[federation];
  if (federation !== undefined && members === undefined)
    refuse(`there is no federation ${federation.slice(0, 80)}`, Object.keys(fleet.federations));
  const wanted = new Set(clusters ?? members ?? all);
  const unknown = [...wanted].filter(name => !all.includes(name));
  if (unknown.length > 0) refuse(`there is no cluster ${unknown.join(', ').slice(0, 200)}`, all);
  return fleet.clusters.filter(({ name }) => wanted.has(name));
}
