import { describe, expect, test } from 'vitest';
import { addPod } from '../../simulation/kubernetes-api/hand-made-cluster.ts';
import { never } from '../cluster-fixture.ts';
import { eventually, podNames, QUICK, settled, watched as watchedAt } from './watch-fixture.ts';

const watched = (options: Parameters<typeof watchedAt>[0] = {}) => watchedAt({ ...options, watchTimes: QUICK });

/** Faults of the simulated API, as they strike lists and watches of everything that is watched. */
const faults: [string, Record<string, unknown>[]][] = [
  [
    'connections reset',
    [
      { kind: 'api_reset', verb: 'watch', count: 7 },
      { kind: 'api_reset', verb: 'list', count: 4 },
    ],
  ],
  ['a storm of 429', [{ kind: 'api_429', count: 12, retry_after_seconds: 0 }]],
  ['5xx of one server', [{ kind: 'api_5xx', node: 'cp-1', count: 20 }]],
  ['5xx of all', [{ kind: 'api_5xx', count: 12 }]],
  ['half-open connections', [{ kind: 'api_half_open', verb: 'watch', count: 2 }]],
  ['a watch that is withheld', [{ kind: 'api_stale_watch' }]],
  ['etcd without a leader', [{ kind: 'etcd_no_leader' }]],
];

describe('after a fault the cache is as a direct look is', () => {
  test.each(faults)('%s', { timeout: 30_000 }, async (_, requests) => {
    const { cluster, connection } = await watched({ prepare: made => void addPod(made, 'first') });
    await settled({ connection });
    for (const request of requests) cluster.faults.arm(request);
    // Every watch is begun anew, so that the fault is met.
    for (const node of ['cp-1', 'cp-2']) cluster.setServer(node, false);
    for (const node of ['cp-1', 'cp-2']) cluster.setServer(node, true);
    addPod(cluster, 'second');
    cluster.store.remove('pods', 'default', 'first');
    await new Promise(resolve => setTimeout(resolve, 500));
    cluster.faults.clear();
    expect(podNames(await settled({ connection }))).toEqual(['second']);
  });

  test('the API server’s own node reboots: another serves, and what was deleted meanwhile is gone', async () => {
    const { cluster, connection } = await watched({ prepare: made => void addPod(made, 'first') });
    await settled({ connection });
    cluster.setServer('cp-1', false);
    cluster.store.remove('pods', 'default', 'first');
    addPod(cluster, 'second');
    expect(podNames(await settled({ connection }))).toEqual(['second']);
    cluster.setServer('cp-2', false);
    await eventually(() => (connection.watch.facts() === undefined ? true : undefined));
    await expect(connection.reader.node('w-1', never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
    addPod(cluster, 'third');
    cluster.setServer('cp-1', true);
    expect(podNames(await settled({ connection }))).toEqual(['second', 'third']);
  });

  test('a watch history that is gone: everything is listed anew', async () => {
    const { cluster, connection } = await watched({ historyLimit: 5, prepare: made => void addPod(made, 'first') });
    await settled({ connection });
    cluster.faults.arm({ kind: 'api_stale_watch' });
    cluster.store.remove('pods', 'default', 'first');
    for (let pod = 0; pod < 20; pod += 1) addPod(cluster, `web-${pod}`);
    cluster.faults.clear();
    expect((await settled({ connection })).pods).toHaveLength(20);
  });
});

describe('what is not current is not told', () => {
  test('while the events are withheld: from the silence bound on', async () => {
    const { cluster, connection } = await watched();
    await settled({ connection });
    cluster.faults.arm({ kind: 'api_stale_watch' });
    addPod(cluster, 'unseen');
    const sinceMs = performance.now();
    await eventually(() => (connection.watch.facts() === undefined ? true : undefined));
    expect(performance.now() - sinceMs).toBeLessThan(QUICK.silenceMs + 250);
  });

  test('at once when the connection is gone', async () => {
    const { cluster, connection } = await watched();
    await settled({ connection });
    for (const node of ['cp-1', 'cp-2']) cluster.setServer(node, false);
    const sinceMs = performance.now();
    await eventually(() => (connection.watch.facts() === undefined ? true : undefined));
    expect(performance.now() - sinceMs).toBeLessThan(QUICK.silenceMs / 2);
  });

  test('while the right to watch one kind is missing', async () => {
    const { cluster, connection } = await watched();
    await settled({ connection });
    cluster.faults.arm({ kind: 'api_5xx', verb: 'watch', resource: 'daemonsets.apps', count: null });
    for (const node of ['cp-1', 'cp-2']) cluster.setServer(node, false);
    for (const node of ['cp-1', 'cp-2']) cluster.setServer(node, true);
    await eventually(() => (connection.watch.facts() === undefined ? true : undefined));
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(connection.watch.facts()).toBeUndefined();
  });
});
