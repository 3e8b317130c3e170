import { expect, it } from 'vitest';
import { planHash } from '../../../src/decisions/plan-hash.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { planRollingUpgrade } from '../../../src/operations/planning.ts';
import type { WorldImage } from '../../../src/simulation/world/world.ts';
import { copied, fleetImage, worldFrom } from '../in-process/fleet.ts';
import { SNAPSHOTS } from '../in-process/prepared-upgrade.ts';
import { readingPorts } from '../in-process/reading-ports.ts';
import { Stage } from '../in-process/stage.ts';
import { currentWatch } from '../in-process/world-watch.ts';
import { expectEnd } from './judge.ts';
import { play } from './rehearsal.ts';
import { type Scenario, upgraded } from './scenario.ts';

const versions = { talosVersion: 'v1.12.11', talosctlVersion: 'v1.13.9' };

/** One control plane node and two workers, and a plan that accepts that the API is away for a while (SAFETY 10). */
async function prepared(): Promise<{ image: WorldImage; plan: Plan }> {
  const image = fleetImage({ ...versions, fleet: { control_planes: 1, workers: 2 } });
  const { world, cluster } = worldFrom(copied(image));
  const ports = readingPorts(world, cluster);
  const planner = {
    config: { snapshotDirectory: SNAPSHOTS },
    clock: { now: () => world.now(), sleep: async () => {} },
    clusters: async () => [ports],
  };
  const request = { clusters: ['six'], kind: 'talos' as const, to_version: 'v1.13.9' };
  const { preflight, ...rest } = await planRollingUpgrade(planner, request, new AbortController().signal);
  expect(preflight.blocked.map(({ message }) => message)).toEqual([
    expect.stringContaining('is the only control plane'),
  ]);
  const requested = { ...rest.requested, accept_api_outage: true };
  const plan = { ...rest, requested, preflight: { ...preflight, blocked: [] } };
  return { image, plan: { ...plan, plan_hash: planHash(plan) } };
}

const slowly = { fault: 'node_returns_slowly', when: { cordoned: 'six-cp-1' } } as const;
const rows: readonly Pick<Scenario, 'as' | 'request' | 'waits' | 'ends'>[] = [
  {
    as: 'nine minutes longer than usual',
    request: { node: 'six-cp-1', delay_ms: 540_000 },
    ends: { ...upgraded, states: { done: 3 }, installs: 3, reboots: 3, quorumLosses: 1 },
  },
  {
    as: 'longer than its deadline: halted, and nothing new was dispatched',
    request: { node: 'six-cp-1', delay_ms: 2_400_000 },
    ends: {
      status: 'halted',
      code: 'KUBERNETES_UNAVAILABLE',
      says: ['the API is away while a control plane node of ours reboots (waited 20 min)'],
      remedy: ['control_operation resume', 'meanwhile six/six-cp-1 stays cordoned'],
      states: { installing: 1, pending: 2 },
      cordoned: ['six-cp-1'],
      installs: 1,
      reboots: 1,
      quorumLosses: 1,
    },
  },
];

it.each(rows)('SAFETY 5: the API dies with its own node, which we reboot, $as', async row => {
  const { image, plan } = await prepared();
  const { ends, struck } = await play(new Stage({ image }, { watch: currentWatch }), plan, { ...slowly, ...row });
  const [end] = ends;
  const waited = (end?.journal ?? []).flatMap(entry => (entry.kind === 'waiting' ? [entry.reason] : []));
  expect(waited).toContain('the API is away while a control plane node of ours reboots');
  if (end) expectEnd(end, row.ends);
  expect(struck).toBe(true);
});
