import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { KubeObject, StoreEvent } from '../../../src/simulation/world/store.ts';
import { ObjectStore, StoreConflict } from '../../../src/simulation/world/store.ts';

function newStore(historyLimit?: number): ObjectStore {
  let made = 0;
  return new ObjectStore({
    now: () => Date.parse('2026-11-22T08:00:00.750Z'),
    newUid: () => `uid-${++made}`,
    ...(historyLimit === undefined ? {} : { historyLimit }),
  });
}

const configMap = (name: string, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { colour: 'red' },
});

describe('the object store', () => {
  it('gives a created object uid, resourceVersion and whole seconds of creation time', () => {
    const store = newStore();
    const { metadata } = store.create('configmaps', configMap('a'));
    expect(metadata).toEqual({
      name: 'a',
      namespace: 'default',
      uid: 'uid-1',
      resourceVersion: String(store.resourceVersion),
      creationTimestamp: '2026-11-22T08:00:00Z',
    });
  });

  it('refuses to create what exists and to replace what does not', () => {
    const store = newStore();
    const object = store.create('configmaps', configMap('a'));
    expect(() => store.create('configmaps', configMap('a'))).toThrow(StoreConflict);
    store.remove('configmaps', 'default', 'a');
    expect(() => store.replace('configmaps', object)).toThrow('not found');
  });

  it('keeps the resourceVersion of a write that changes nothing, and tells nobody', () => {
    const store = newStore();
    const object = store.create('configmaps', configMap('a'));
    const events: StoreEvent[] = [];
    store.onEvent(event => events.push(event));
    const again = store.replace('configmaps', structuredClone({ ...object, extra: undefined }));
    expect(again).toBe(object);
    expect(events).toEqual([]);
  });

  it('raises the generation with the spec only, and never for nodes', () => {
    const store = newStore();
    const spec = { replicas: 1 };
    const set = store.create('deployments.apps', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'x' },
      spec,
    });
    expect(set.metadata.generation).toBe(1);
    const scaled = store.replace('deployments.apps', { ...set, spec: { replicas: 2 } });
    expect(scaled.metadata.generation).toBe(2);
    expect(store.replace('deployments.apps', { ...scaled, status: { replicas: 2 } }).metadata.generation).toBe(2);
    const node = store.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} });
    expect(store.replace('nodes', { ...node, spec: { unschedulable: true } }).metadata.generation).toBeUndefined();
  });

  it('hands out objects nobody can change', () => {
    const object = newStore().create('configmaps', configMap('a'));
    expect(() => {
      (object.data as Record<string, string>).colour = 'blue';
    }).toThrow(TypeError);
  });

  it('lists in the order of namespace/name, all or of one namespace', () => {
    const store = newStore();
    for (const [namespace, name] of [
      ['b', 'a'],
      ['a', 'z'],
      ['a', 'b'],
    ] as const)
      store.create('configmaps', configMap(name, namespace));
    expect(store.list('configmaps').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'a/b',
      'a/z',
      'b/a',
    ]);
    expect(store.list('configmaps', 'b')).toHaveLength(1);
    expect(store.list('secrets')).toEqual([]);
  });

  it('tells events in resourceVersion order also when a listener writes', () => {
    const store = newStore();
    const seen: number[] = [];
    store.onEvent(event => {
      if (event.object.metadata.name === 'a') store.create('configmaps', configMap('b'));
    });
    store.onEvent(event => seen.push(event.resourceVersion));
    store.create('configmaps', configMap('a'));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(2);
  });

  it('replays from a resourceVersion, and says expired when it no longer can', () => {
    const store = newStore(5);
    const start = store.resourceVersion;
    for (let index = 0; index < 12; index += 1) store.create('configmaps', configMap(`m${index}`));
    expect(store.since(start)).toBe('expired');
    const recent = store.since(store.resourceVersion - 3);
    expect(recent === 'expired' ? [] : recent.map(event => event.object.metadata.name)).toEqual(['m9', 'm10', 'm11']);
    expect(store.since(store.resourceVersion)).toEqual([]);
  });

  it('comes back from its image with the same objects and an expired past', () => {
    const store = newStore();
    store.create('configmaps', configMap('a'));
    const copy = newStore();
    copy.restore(structuredClone(store.image()) as ReturnType<ObjectStore['image']>);
    expect(copy.image()).toEqual(store.image());
    expect(copy.since(store.resourceVersion - 1)).toBe('expired');
  });

  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('create', 'replace', 'remove'),
    value: fc.nat(3),
  });
  test.prop([fc.array(step, { maxLength: 40 })])(
    'what a watcher builds from the events is what the store holds',
    steps => {
      const store = newStore();
      const start = store.resourceVersion;
      for (const { name, act, value } of steps) {
        const current = store.get('configmaps', 'default', name);
        if (act === 'create' && current === undefined) store.create('configmaps', configMap(name));
        if (act === 'replace' && current !== undefined) store.replace('configmaps', { ...current, data: { value } });
        if (act === 'remove') store.remove('configmaps', 'default', name);
      }
      const events = store.since(start);
      const seen = new Map<string, KubeObject>();
      for (const event of events === 'expired' ? [] : events) {
        if (event.type === 'DELETED') seen.delete(event.object.metadata.name);
        else seen.set(event.object.metadata.name, event.object);
      }
      expect([...seen.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))).toEqual(
        store.list('configmaps'),
      );
      expect(store.resourceVersion - start).toBe(events.length);
    },
  );
});
