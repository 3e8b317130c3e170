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
  const opened = await openWatch(`${at.api.vip}/api/v1/pods?watch=true${query}`, { accept });
  open.push(opened);
  return opened;
}

const relabel = (pod: KubeObject, labels: Record<string, string>): KubeObject =>
  at.cluster.store.replace('pods', { ...pod, metadata: { ...pod.metadata, labels } });

describe('watch', () => {
  it('without a version starts with what there is, then follows', async () => {
    addPod(at.cluster, 'a');
    const seen = await watch('');
    await expect.poll(() => brief(seen.events)).toEqual(['ADDED a']);
    const pod = addPod(at.cluster, 'b');
    relabel(pod, { app: 'x' });
    at.cluster.store.remove('pods', 'default', 'a');
    await expect.poll(() => brief(seen.events)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED a']);
  });

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

  it('an object that enters the selection is ADDED, one that leaves it DELETED with its last selected state', async () => {
    const seen = await watch(`&labelSelector=app%3Dweb&resourceVersion=${at.cluster.store.resourceVersion}`);
    let pod = addPod(at.cluster, 'a', { labels: { app: 'other' } });
    pod = relabel(pod, { app: 'web' });
    pod = relabel(pod, { app: 'web', more: 'yes' });
    pod = relabel(pod, { app: 'other' });
    await expect.poll(() => brief(seen.events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    expect(seen.events[2]?.object.metadata).toMatchObject({
      labels: { app: 'web', more: 'yes' },
      resourceVersion: pod.metadata.resourceVersion,
    });
  });

  it('a field selector on nodeName shows a pod when it is bound', async () => {
    const seen = await watch(`&fieldSelector=spec.nodeName%3Dw-1&resourceVersion=${at.cluster.store.resourceVersion}`);
    const pod = addPod(at.cluster, 'a', { node: '' });
    at.cluster.store.replace('pods', { ...pod, spec: { ...(pod.spec as object), nodeName: 'w-1' } });
    await expect.poll(() => brief(seen.events)).toEqual(['ADDED a']);
  });

  it('a version no longer kept is an ERROR event 410, and the stream ends', async () => {
    for (let index = 0; index < 25; index += 1) addPod(at.cluster, `p-${index}`);
    const seen = await watch('&resourceVersion=2');
    await expect.poll(seen.ending).toBe('end');
    expect(seen.code).toBe(200);
    expect(seen.events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', reason: 'Expired', code: 410 } }]);
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

  it.each([
    ['sendInitialEvents', '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan', 422],
    ['an unsupported field', '&fieldSelector=spec.foo%3Dbar', 400],
    ['a version that is none', '&resourceVersion=abc', 400],
  ])('%s is refused before the stream', async (_title, query, code) => {
    expect((await call(at.api, 'GET', `/api/v1/pods?watch=true${query}`)).code).toBe(code);
  });

  it('as Table: columns in the first event only', async () => {
    addPod(at.cluster, 'a');
    addPod(at.cluster, 'b');
    const seen = await watch('', TABLE);
    await expect.poll(() => seen.events.length).toBe(2);
    expect(seen.events.map(({ object }) => (object.columnDefinitions === null ? 'none' : 'some'))).toEqual([
      'some',
      'none',
    ]);
    expect(seen.events[1]?.object.rows).toMatchObject([
      { cells: ['b', '1/1', 'Running', '0', '0s', '10.244.0.7', 'w-1', '<none>', '<none>'] },
    ]);
  });

  it('of one named object', async () => {
    addPod(at.cluster, 'a');
    addPod(at.cluster, 'b');
    const opened = await openWatch(`${at.api.vip}/api/v1/namespaces/default/pods/b?watch=1`);
    open.push(opened);
    await expect.poll(() => brief(opened.events)).toEqual(['ADDED b']);
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
