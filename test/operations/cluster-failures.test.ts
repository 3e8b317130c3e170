/** What is seen of a simulated cluster that fails, or does not: classified as cluster_failure by its three triggers, and by no other. */

import { describe, expect, it } from 'vitest';
import { clusterHealth } from '../../src/decisions/cluster-health.ts';
import { CLUSTER_FAILURE_RULE } from '../../src/decisions/emergency/cluster-failure.ts';
import { DivisionYaml } from '../../src/model/config.ts';
import type { FrontEnd } from '../../src/ports.ts';
import type { SimCluster } from '../../src/simulation/world/cluster.ts';
import { powerOff } from '../../src/simulation/world/machines/boot.ts';
import { lookAtCluster } from '../../src/views/read-cluster.ts';
import { fleetImage, worldFrom } from '../crash/in-process/fleet.ts';
import { silent } from '../crash/in-process/prepared-upgrade.ts';
import { readingPorts } from '../crash/in-process/reading-ports.ts';

const SEEN_MS = 120_000;
const image = fleetImage({ talosVersion: 'v1.13.9', talosctlVersion: 'v1.13.9' });

const off =
  (...names: string[]) =>
  (cluster: SimCluster): void => {
    for (const name of names) {
      const machine = cluster.machines.get(name);
      if (!machine) throw new Error(`there is no ${name}`);
      powerOff(cluster, machine);
    }
  };

/** The health of the fleet when everybody has seen what happened to it. */
async function healthAfter(happens: (cluster: SimCluster) => void) {
  const { world, cluster } = worldFrom(structuredClone(image));
  happens(cluster);
  world.advanceTo(world.now() + SEEN_MS);
  const ports = readingPorts(world, cluster);
  const { unreadable, ...look } = await lookAtCluster(
    { log: silent } as unknown as FrontEnd,
    ports,
    new AbortController().signal,
  );
  const { thresholds } = DivisionYaml.parse({ clusters: {} });
  const health = clusterHealth({
    ...look,
    cluster: 'six',
    thresholds,
    ...(unreadable !== undefined && { unreadable }),
  });
  const told = health.issues.filter(({ rule }) => rule === CLUSTER_FAILURE_RULE);
  return { status: health.cluster.status, told: told.map(({ severity, message }) => `${severity}: ${message}`) };
}

const WORKERS = ['six-worker-1', 'six-worker-2', 'six-worker-3'];

describe('R237: cluster_failure', () => {
  it.each<[string, (cluster: SimCluster) => void, string[]]>([
    [
      'two of three control plane nodes down',
      off('six-cp-2', 'six-cp-3'),
      [
        'critical: 3 of 3 control plane servers do not serve',
        'critical: none of 1 etcd members that answer knows a leader',
      ],
    ],
    [
      'an etcd without a leader',
      ({ faults }) => void faults.arm({ kind: 'etcd_no_leader', count: null }),
      [
        'critical: 3 of 3 control plane servers do not serve',
        'critical: none of 3 etcd members that answer knows a leader',
      ],
    ],
    ['most nodes away', off('six-cp-3', ...WORKERS), ['critical: 4 of 6 nodes are not Ready']],
  ])('%s: critical', async (_what, happens, told) => {
    expect(await healthAfter(happens)).toEqual({ status: 'critical', told });
  });

  it.each<[string, (cluster: SimCluster) => void]>([
    ['a cluster that is whole', () => undefined],
    ['one control plane node down', off('six-cp-2')],
    ['half of the nodes away', off(...WORKERS)],
    ['nothing of it answers: that may be the way to it', off('six-cp-1', 'six-cp-2', 'six-cp-3')],
  ])('%s is none', async (_what, happens) => {
    expect((await healthAfter(happens)).told).toEqual([]);
  });
});
