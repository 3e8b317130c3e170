import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asObject, at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { call } from './call.ts';
import { addBudget, addPod, type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const evict = (name: string) =>
  call(at.api, 'POST', `/api/v1/namespaces/default/pods/${name}/eviction`, {
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } },
  });

const budget = (name: string) => at.cluster.store.get('poddisruptionbudgets.policy', 'default', name);
const allowed = (name: string) => valueAt(budget(name), 'status', 'disruptionsAllowed');

/** What only the simulation shows; the rest of evictions is in conformance/. */
describe('eviction', () => {
  it('R216: without a budget marks the pod as disrupted and terminating, once', async () => {
    const pod = addPod(at.cluster, 'web-0');
    const { code, json } = await evict('web-0');
    expect({ code, json }).toEqual({
      code: 201,
      json: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    });
    const after = at.cluster.store.get('pods', 'default', 'web-0');
    expect(after?.metadata.deletionTimestamp).toBe('2026-11-21T12:00:30Z');
    expect(after?.metadata.deletionGracePeriodSeconds).toBe(30);
    expect(after?.status).toMatchObject({
      conditions: [{ type: 'Ready' }, { type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }],
    });
    await evict('web-0');
    expect(at.cluster.ledger.report().evictions_by_pod_uid).toEqual({ [pod.metadata.uid]: 1 });
  });

  it('R218: a refused one is in the ledger as refused', async () => {
    addPod(at.cluster, 'web-0');
    addBudget(at.cluster, 'web');
    expect((await evict('web-0')).code).toBe(429);
    expect(at.cluster.ledger.report()).toMatchObject({ evictions_accepted: 0, evictions_refused: 1 });
  });

  it('a charged budget remembers since when', async () => {
    for (const name of ['web-0', 'web-1']) addPod(at.cluster, name);
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, currentHealthy: 3 });
    const codes = await Promise.all([evict('web-0'), evict('web-1')]);
    expect(codes.map(answer => answer.code).sort((a, b) => a - b)).toEqual([201, 429]);
    expect(allowed('web')).toBe(0);
    expect(Object.values(asObject(valueAt(budget('web'), 'status', 'disruptedPods')))).toEqual([
      '2026-11-21T12:00:00Z',
    ]);
  });

  it('a negative budget, which no real server stores, is forbidden', async () => {
    addPod(at.cluster, 'web-0');
    addBudget(at.cluster, 'web', { disruptionsAllowed: -1 });
    expect((await evict('web-0')).code).toBe(403);
  });

  it('a terminating pod is evicted again as a no-op, whatever its budget', async () => {
    addPod(at.cluster, 'web-0');
    await evict('web-0');
    const version = at.cluster.store.resourceVersion;
    addBudget(at.cluster, 'web');
    expect((await evict('web-0')).code).toBe(201);
    expect(at.cluster.store.resourceVersion).toBe(version + 1);
  });

  it('webhook faults: fails as often as asked, then works; a denial is 403', async () => {
    for (const name of ['web-0', 'web-1']) addPod(at.cluster, name);
    at.cluster.faults.arm({ kind: 'evict_webhook_500', count: 2, pod: 'web-0' });
    at.cluster.faults.arm({ kind: 'evict_denied', pod: 'web-1' });
    const codes = [];
    for (const name of ['web-0', 'web-0', 'web-0', 'web-1']) codes.push((await evict(name)).code);
    expect(codes).toEqual([500, 500, 201, 403]);
  });
});
