import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPod, type Served, served } from './hand-made-cluster.ts';

const COUNT = 1_200;
const PODS = '/api/v1/namespaces/default/pods';

let at: Served;
beforeAll(async () => {
  at = await served();
  for (let index = 0; index < COUNT; index += 1) addPod(at.cluster, `pod-${String(index).padStart(4, '0')}`);
});
afterAll(() => at.api.close());

it('a long list comes in chunks, whole and in order', async () => {
  const response = await fetch(`${at.api.vip}${PODS}`);
  expect(response.headers.get('content-length')).toBeNull();
  expect(response.headers.get('content-type')).toBe('application/json');
  const list = (await response.json()) as { kind: string; items: { metadata: { name: string } }[] };
  expect(list.kind).toBe('PodList');
  expect(list.items.map(({ metadata }) => metadata.name)).toEqual(
    at.cluster.store.list('pods').map(({ metadata }) => metadata.name),
  );
});

it('shows the moment it was asked for, whatever changes while it is sent', async () => {
  const response = await fetch(`${at.api.vip}${PODS}`);
  at.cluster.store.remove('pods', 'default', 'pod-1199');
  const list = (await response.json()) as { metadata: { resourceVersion: string }; items: unknown[] };
  expect(list.items).toHaveLength(COUNT);
  expect(Number(list.metadata.resourceVersion)).toBe(at.cluster.store.resourceVersion - 1);
  addPod(at.cluster, 'pod-1199');
});

it('a reader that goes away in the middle harms nobody', async () => {
  const caller = new AbortController();
  const response = await fetch(`${at.api.vip}${PODS}`, { signal: caller.signal });
  caller.abort();
  await expect(response.text()).rejects.toThrow();
  expect((await fetch(`${at.api.vip}${PODS}?limit=1`)).status).toBe(200);
});
