import { fc, test } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transition } from '../../../src/simulation/kubernetes-api/watch.ts';
import type { KubeObject } from '../../../src/simulation/world/store.ts';
import { call, TABLE } from './call.ts';
import { addPod, handMadeCluster, type Served, served } from './hand-made-cluster.ts';
import { brief, type OpenWatch, openWatch } from './stream.ts';

let at: Served;
let open: OpenWatch[] = [];
beforeEach(async () => {
  at = await served({ historyLimit: 10 });
});
afterEach(async () => {
  for (const watch of open) watch.close();
  open = [];
  await at.api.close();
});

async function watch(query: string, accept = 'application/json'): Promise<OpenWatch> {
  const opened = await openWatch(at.api, `/api/v1/pods?watch=true${query}`, accept);
  open.push(opened);
  return opened;
}

/** What only the simulation promises; the rest of watches is in conformance/. */
describe('watch', () => {
  it('replays after a version, and versions grow by events of every resource', async () => {
    addPod(at.cluster, 'a');
    const version = (await call(at.api, 'GET', '/api/v1/pods')).json.metadata as { resourceVersion: string };
    addPod(at.cluster, 'b');
    at.cluster.store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
    });
    addPod(at.cluster, 'd');
    const seen = await watch(`&resourceVersion=${version.resourceVersion}`);
    await expect.poll(() => brief(seen.events)).toEqual(['ADDED b', 'ADDED d']);
    const versions = seen.events.map(({ object }) => Number(object.metadata?.resourceVersion));
    expect(versions).toEqual([Number(version.resourceVersion) + 1, Number(version.resourceVersion) + 3]);
  });

  it('ends after timeoutSeconds, with a last bookmark when they are wanted', async () => {
    const seen = await watch('&timeoutSeconds=1&allowWatchBookmarks=true');
    await expect.poll(seen.ending, { timeout: 5000 }).toBe('end');
    expect(seen.events).toMatchObject([
      {
        type: 'BOOKMARK',
        object: { kind: 'Pod', metadata: { resourceVersion: String(at.cluster.store.resourceVersion) } },
      },
    ]);
  });

  it('sendInitialEvents is refused before the stream', async () => {
    const query = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    expect((await call(at.api, 'GET', `/api/v1/pods?watch=true${query}`)).code).toBe(422);
  });

  it('as Table: the cells', async () => {
    addPod(at.cluster, 'a');
    addPod(at.cluster, 'b');
    const seen = await watch('', TABLE);
    await expect.poll(() => seen.events.length).toBe(2);
    expect(seen.events[1]?.object.rows).toMatchObject([
      { cells: ['b', '1/1', 'Running', '0', '0s', '10.244.0.7', 'w-1', '<none>', '<none>'] },
    ]);
  });
});

const step = fc.record({
  act: fc.constantFrom('add', 'change', 'remove'),
  name: fc.constantFrom('a', 'b', 'c'),
  app: fc.constantFrom('web', 'db'),
});

describe('law', () => {
  test.prop([fc.array(step, { maxLength: 40 }), fc.nat(40)])(
    'a list and the events after it, applied in order, give the list of later',
    (steps, cut) => {
      const cluster = handMadeCluster();
      const { store } = cluster;
      const matches = (object: KubeObject): boolean => object.metadata.labels?.app === 'web';
      const listed = (): string[] =>
        store
          .list('pods')
          .filter(matches)
          .map(object => object.metadata.name);
      let version = store.resourceVersion;
      let seen = new Set<string>();
      steps.forEach(({ act, name, app }, index) => {
        if (index === cut) {
          version = store.resourceVersion;
          seen = new Set(listed());
        }
        const pod = store.get('pods', 'default', name);
        if (act === 'add' && pod === undefined) addPod(cluster, name, { labels: { app } });
        if (act === 'change' && pod !== undefined)
          store.replace('pods', { ...pod, metadata: { ...pod.metadata, labels: { app } } });
        if (act === 'remove') store.remove('pods', 'default', name);
      });
      const events = store.since(version);
      for (const event of events === 'expired' ? [] : events) {
        const shown = event.resource === 'pods' ? transition(event, matches) : undefined;
        if (shown?.type === 'DELETED') {
          expect(seen.delete(shown.object.metadata.name)).toBe(true);
        } else if (shown !== undefined) {
          expect(seen.has(shown.object.metadata.name)).toBe(shown.type === 'MODIFIED');
          seen.add(shown.object.metadata.name);
        }
      }
      expect([...seen].sort()).toEqual(listed());
    },
  );
});
