/** A small fleet whose upgrades are rehearsed while the simulation kills processes of ours around what they ask it to change. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import * as z from 'zod';
import { executorOf } from '../../../src/division/directory.ts';
import { endedStatuses, type Operation } from '../../../src/model/operation.ts';
import { CLUSTER, Home } from '../../e2e/division-home.ts';
import type { Host } from '../../e2e/host.ts';
import { isRunning } from '../../e2e/processes.ts';

/** From here install and reboot are two dispatches (SAFETY 10). */
const FROM_VERSION = 'v1.13.7';
/** Slow enough for a life of ours to be short beside every bound of a turn, on a busy machine too. */
const SPEED = 75;
const LOOK_MS = 500;
const GLANCE_MS = 20;

const Kill = z.object({ fault: z.string(), when: z.enum(['before', 'after']), request: z.string() });

export const worker = (number: number): string => `${CLUSTER}-worker-${number}`;

export async function openFleet(fleet: { workers: number; apps: number }): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  const file = join(directory, 'fleet.json');
  const cluster = {
    name: CLUSTER,
    environment: 'staging',
    control_planes: 1,
    workers: fleet.workers,
    pods: 10 + 4 * fleet.workers + fleet.apps,
    budgets: 2,
    utilisation: 0.2,
    talos_version: FROM_VERSION,
  };
  await writeFile(file, JSON.stringify({ clusters: [cluster] }));
  return new Home(directory, {
    CONTAINERS_GM_SIMULATION_CLUSTERS: file,
    CONTAINERS_GM_SIMULATION_SPEED: String(SPEED),
  });
}

const victims = {
  executor: undefined,
  /** The executor's, not a front end's. */
  contractor: 'contractor talos',
  /** The shell that writes talosctl's exit down. */
  recorder: 'recorder ',
} as const;

/**
 * Has the simulation kill one of our processes around each request that changes something, until `disarm`; found by the
 * executor's lock. `only` narrows it. Returns the fault's id.
 */
export async function arm(
  home: Home,
  victim: keyof typeof victims,
  only: { when?: 'before' | 'after'; verb?: string; resource?: string } = {},
): Promise<string> {
  const descendant = victims[victim];
  const fault = await home.control('/faults', {
    cluster: CLUSTER,
    kind: 'process_killed',
    pid_file: join(home.division, 'operations', 'executor.lock.*'),
    ...(descendant !== undefined && { descendant }),
    ...only,
  });
  return z.object({ id: z.string() }).parse(fault).id;
}

export async function disarm(home: Home): Promise<void> {
  const { control } = await home.simulation();
  await fetch(new URL('/faults', control), { method: 'DELETE' });
}

/** Follows an operation to its end as a host does that looks as soon as the executor is gone: each look brings one back. */
export async function ended(home: Home, host: Host, id: string, deadlineMs = 150_000): Promise<Operation> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    await host.call('get_operation', { operation_id: id });
    const operation = await host.operation(id);
    if (endedStatuses.includes(operation.status)) return operation;
    const holder = await executorOf(home.division);
    for (let waitedMs = 0; waitedMs < LOOK_MS && holder && isRunning(holder.pid); waitedMs += GLANCE_MS) {
      await setTimeout(GLANCE_MS);
    }
    if (performance.now() > deadline) throw new Error(`${id} has no end: ${JSON.stringify(operation)}`);
  }
}

/** Kinds of mutating requests, told from what the simulation writes down of one. */
const KINDS: Readonly<Record<string, RegExp>> = {
  lease: /^(POST|PUT|PATCH|DELETE) \/apis\/coordination\.k8s\.io\/v1\/namespaces\/kube-system\/leases/,
  cordon: /^PATCH \/api\/v1\/nodes\/\S+ .*"unschedulable":true/,
  eviction: /^POST \/api\/v1\/namespaces\/\S+\/pods\/\S+\/eviction /,
  snapshot: /^talosctl etcd snapshot /,
  install: /^talosctl upgrade /,
  reboot: /^talosctl reboot /,
  uncordon: /^PATCH \/api\/v1\/nodes\/\S+ .*"unschedulable":(false|null)/,
};

/** `MOMENT KIND` of request: where somebody was killed for one of these faults. */
export async function killedAt(home: Home, ...faults: readonly string[]): Promise<Set<string>> {
  const { kills } = z.looseObject({ kills: z.array(Kill) }).parse(await home.ledger());
  const kindOf = (request: string) => Object.keys(KINDS).find(name => KINDS[name]?.test(request)) ?? request;
  return new Set(
    kills.filter(({ fault }) => faults.includes(fault)).map(({ when, request }) => `${when} ${kindOf(request)}`),
  );
}

/** What no kill may change (SAFETY 3, 8, 10), by the simulation's own ledger: of the fleet so far, and of the node just upgraded. */
export async function expectUpgradedOnce(home: Home, name: string): Promise<void> {
  const ledger = await home.ledger();
  expect(ledger).toMatchObject({
    max_installs_per_boot: 1,
    max_reboots_per_boot: 1,
    pdb_violations: 0,
    control_plane_overlaps: 0,
    etcd_quorum_lost: 0,
  });
  expect(Math.max(...Object.values(ledger.evictions_by_pod_uid))).toBe(1);
  expect(ledger.installs.filter(({ node }) => node === name)).toHaveLength(1);
  expect(ledger.reboots.filter(({ node }) => node === name)).toHaveLength(1);
  const nodes = await home.nodes();
  expect(nodes.find(node => node.name === name)).toMatchObject({ version: 'v1.13.9' });
  expect(nodes.filter(node => node.cordoned || !node.ready)).toEqual([]);
}
