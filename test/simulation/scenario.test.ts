import { describe, expect, it } from 'vitest';
import { playFault, playScenario, readScenario } from '../../src/simulation/scenario.ts';
import { restoreWorld } from '../../src/simulation/world/world.ts';
import { MINUTE, onlyCluster, pass, smallWorld } from './world/worlds.ts';

const CLUSTER = 'small';
const kindsOf = (cluster: ReturnType<typeof onlyCluster>): string[] => cluster.faults.list().map(({ kind }) => kind);

describe('a scenario', () => {
  it('arms each fault at its minute of cluster time, at once without one', () => {
    const { world, cluster } = smallWorld();
    const scenario = readScenario({
      faults: [
        { cluster: CLUSTER, kind: 'api_slow', delay_ms: 10 },
        { cluster: CLUSTER, kind: 'clock_skew', node: 'small-worker-1', skew_ms: -5_000, at_minutes: 5 },
        { cluster: CLUSTER, kind: 'foreign_cordon', node: 'small-worker-2', at_minutes: 2.5 },
      ],
    });
    const played = playScenario(world, scenario);
    expect(played.map(({ id }) => id)).toEqual(['fault-1', 'fault-2', 'fault-3']);
    expect(kindsOf(cluster)).toEqual(['api_slow']);
    expect(cluster.faults.planned().map(({ at_ms }) => at_ms - world.now())).toEqual([5 * MINUTE, 2.5 * MINUTE]);
    pass(world, 2.5 * MINUTE);
    expect(cluster.store.get('nodes', undefined, 'small-worker-2')?.spec).toMatchObject({ unschedulable: true });
    pass(world, 2.5 * MINUTE);
    expect(cluster.faults.list()[1]).toMatchObject({ id: 'fault-2', kind: 'clock_skew', skew_ms: -5_000, count: null });
    expect(cluster.faults.planned()).toEqual([]);
  });

  it('goes on in a world that was saved and resumed', () => {
    const { world } = smallWorld();
    playFault(world, { cluster: CLUSTER, kind: 'api_429', at_minutes: 3 });
    pass(world, MINUTE);
    const resumed = restoreWorld(JSON.parse(JSON.stringify(world.image())) as ReturnType<typeof world.image>);
    pass(resumed, 2 * MINUTE);
    expect(kindsOf(onlyCluster(resumed))).toEqual(['api_429']);
  });

  it('is forgotten when all faults are cleared, and one planned fault by its id', () => {
    const { world, cluster } = smallWorld();
    const { id } = playFault(world, { cluster: CLUSTER, kind: 'api_429', at_minutes: 1 });
    playFault(world, { cluster: CLUSTER, kind: 'api_5xx', at_minutes: 1 });
    cluster.faults.clear(id);
    expect(cluster.faults.planned()).toHaveLength(1);
    cluster.faults.clear();
    pass(world, 2 * MINUTE);
    expect(cluster.faults.list()).toEqual([]);
  });

  it.each([
    [{}, 'a scenario is {"faults": […]}'],
    [{ faults: [], name: 'x' }, 'a scenario is {"faults": […]}'],
    [{ faults: [3] }, 'a scenario is {"faults": […]}'],
  ])('%j is no scenario', (content, message) => {
    expect(() => readScenario(content)).toThrow(message);
  });

  it.each([
    [{ cluster: 'moon', kind: 'api_429' }, 'fault 2: unknown cluster "moon"'],
    [{ cluster: CLUSTER, kind: 'api_429', at_minutes: -1 }, 'fault 2: "at_minutes" -1 is no number'],
    [{ cluster: CLUSTER, kind: 'meteor', at_minutes: 1 }, 'fault 2: unknown fault kind "meteor"'],
    [{ cluster: CLUSTER, kind: 'foreign_cordon', node: 'w', at_minutes: 1 }, 'fault 2: unknown node "w"'],
    [{ cluster: CLUSTER, kind: 'budget_blocked', namespace: 'edge', budget: 'x' }, 'fault 2: unknown budget "x"'],
    [{ cluster: CLUSTER, kind: 'clock_skew', node: 'small-cp-1' }, 'fault 2: clock_skew needs "node" and "skew_ms"'],
    [{ cluster: CLUSTER, kind: 'pod_crash_loop', pod: 'x' }, 'fault 2: pod_crash_loop needs "namespace" and "pod"'],
  ])('with %j nothing of it is played', (request, message) => {
    const { world, cluster } = smallWorld();
    const faults = [{ cluster: CLUSTER, kind: 'api_slow' }, request];
    expect(() => playScenario(world, readScenario({ faults }))).toThrow(message);
    expect([cluster.faults.list(), cluster.faults.planned()]).toEqual([[], []]);
  });
});
