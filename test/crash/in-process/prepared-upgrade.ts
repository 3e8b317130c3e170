/** The fleet before its upgrade, and the plan the product makes for it: the same for every run with these options. */

import { tmpdir } from 'node:os';
import type { Plan } from '../../../src/model/plan.ts';
import { planRollingUpgrade } from '../../../src/operations/planning.ts';
import type { Log } from '../../../src/ports.ts';
import type { ClusterSpec } from '../../../src/simulation/fleet.ts';
import type { WorldImage } from '../../../src/simulation/world/world.ts';
import { copied, fleetImage, worldFrom } from './fleet.ts';
import { readingPorts } from './reading-ports.ts';
import { type ContractorKind, WorldContractor } from './world-contractor.ts';

/** There, and writable; nothing is written to it, as the snapshots' files stay in memory. */
export const SNAPSHOTS = tmpdir();

export interface UpgradeOptions {
  fleet?: Partial<ClusterSpec>;
  talosVersion?: string;
  target?: string;
  talosctlVersion?: string;
  contractor?: ContractorKind;
}

export interface PreparedUpgrade {
  image: WorldImage;
  plan: Plan;
}

export const DIRECTORY = '/division';

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function prepare(options: UpgradeOptions): Promise<PreparedUpgrade> {
  const { fleet = {}, talosVersion = 'v1.12.11', target = 'v1.13.9', talosctlVersion = 'v1.13.9' } = options;
  const image = fleetImage({ fleet, talosVersion, talosctlVersion });
  const { world, cluster } = worldFrom(copied(image));
  const contractor = new WorldContractor(world, options.contractor ?? 'first-party');
  const ports = readingPorts(world, cluster, contractor);
  const planner = {
    config: { snapshotDirectory: SNAPSHOTS },
    clock: { now: () => world.now(), sleep: async () => {} },
    clusters: async () => [ports],
  };
  const request = { clusters: [cluster.name], kind: 'talos' as const, to_version: target };
  const plan = await planRollingUpgrade(planner, request, new AbortController().signal);
  const [against] = plan.preflight.blocked;
  if (against) throw new Error(`the plan is blocked: ${against.message}`);
  return { image, plan };
}

const known = new Map<string, Promise<PreparedUpgrade>>();

/** Made once for the same options. Rejects when something is against the upgrade from the beginning. */
export function preparedUpgrade({ fleet, talosVersion, target, talosctlVersion, contractor }: UpgradeOptions) {
  const options = { fleet, talosVersion, target, talosctlVersion, contractor } as UpgradeOptions;
  const key = JSON.stringify(options);
  const prepared = known.get(key) ?? prepare(options);
  known.set(key, prepared);
  return prepared;
}
