import { DEFAULT_FLEET } from '../src/simulation/fleet.ts';
import { tryEviction } from '../src/simulation/world/machines/node-drain.ts';
import { isBusy, orderReboot } from '../src/simulation/world/machines/sequences.ts';
import { createWorld } from '../src/simulation/world/world.ts';
import { median, timed } from './measure.ts';
import type { Row } from './result.ts';

const ROUNDS = 3;
const HOURS = 24;
const HOUR_MS = 3_600_000;
const EVICTIONS_AN_HOUR = 20;
/** A day of cluster time of the 12-node fleet takes no longer than this (wall seconds). */
const LIMIT = 20;

/** A day of the production fleet: each hour another machine reboots and pods are evicted. */
async function day(seed: number): Promise<number> {
  const clusters = DEFAULT_FLEET.clusters.filter(({ name }) => name === 'production');
  const world = createWorld({ seed, fleet: { clusters } });
  return timed(async () => {
    for (let hour = 0; hour < HOURS; hour += 1) {
      for (const cluster of world.clusters.values()) {
        const machine = [...cluster.machines.values()][hour % cluster.machines.size];
        if (machine !== undefined && !isBusy(machine)) orderReboot(cluster, machine);
        const pods = cluster.store.list('pods', 'shop').slice(0, EVICTIONS_AN_HOUR);
        for (const pod of pods) tryEviction(cluster, pod);
      }
      world.advanceTo(world.now() + HOUR_MS);
    }
  });
}

export async function simulationDay(): Promise<Row[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) seconds.push((await day(round + 1)) / 1000);
  const what = 'a simulated day of 12 nodes, a reboot and 20 evictions an hour';
  return [{ what, unit: 's', value: median(seconds), targets: [{ atMost: LIMIT }] }];
}
