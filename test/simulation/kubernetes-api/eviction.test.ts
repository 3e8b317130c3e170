import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asObject, at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { call } from './call.ts';
import { addBudget, addPod, type BudgetShape, type PodShape, type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const evict = (name: string, options: Record<string, unknown> = {}, query = '') =>
  call(at.api, 'POST', `/api/v1/namespaces/default/pods/${name}/eviction${query}`, {
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions: options },
  });

const budget = (name: string) => at.cluster.store.get('poddisruptionbudgets.policy', 'default', name);
const allowed = (name: string) => valueAt(budget(name), 'status', 'disruptionsAllowed');

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

  it('R218: with no disruption left answers 429 with its cause and leaves the pod alone', async () => {
    addPod(at.cluster, 'web-0');
    addBudget(at.cluster, 'web');
    const { code, json, headers } = await evict('web-0');
    expect({ code, json }).toEqual({
      code: 429,
      json: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        reason: 'TooManyRequests',
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget web needs 2 healthy pods and has 2 currently',
            },
          ],
        },
        code: 429,
      },
    });
    expect(headers.get('retry-after')).toBeNull();
    expect(at.cluster.store.get('pods', 'default', 'web-0')?.metadata.deletionTimestamp).toBeUndefined();
    expect(at.cluster.ledger.report()).toMatchObject({ evictions_accepted: 0, evictions_refused: 1 });
  });

  it('charges the budget at once, so that two evictions in a row cannot both pass', async () => {
    for (const name of ['web-0', 'web-1']) addPod(at.cluster, name);
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, currentHealthy: 3 });
    const codes = await Promise.all([evict('web-0'), evict('web-1')]);
    expect(codes.map(answer => answer.code).sort((a, b) => a - b)).toEqual([201, 429]);
    expect(allowed('web')).toBe(0);
    expect(Object.values(asObject(valueAt(budget('web'), 'status', 'disruptedPods')))).toEqual([
      '2026-11-21T12:00:00Z',
    ]);
  });

  it('with two budgets answers 500 without a reason', async () => {
    addPod(at.cluster, 'web-0');
    addBudget(at.cluster, 'a', { disruptionsAllowed: 1 });
    addBudget(at.cluster, 'b', { disruptionsAllowed: 1 });
    const { code, json } = await evict('web-0');
    expect(code).toBe(500);
    expect(json).not.toHaveProperty('reason');
    expect(json.message).toContain('more than one PodDisruptionBudget');
  });

  const blocked: BudgetShape = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 };
  const passes: [string, PodShape, BudgetShape, number][] = [
    ['a running ready pod asks the budget', {}, blocked, 429],
    ['a pending pod bypasses it', { phase: 'Pending', node: '', ready: false }, blocked, 201],
    ['a succeeded pod bypasses it', { phase: 'Succeeded', ready: false }, blocked, 201],
    ['a failed pod bypasses it', { phase: 'Failed', ready: false }, blocked, 201],
    ['a pod not ready is held while the budget lacks healthy pods', { ready: false }, blocked, 429],
    [
      'a pod not ready goes free with AlwaysAllow',
      { ready: false },
      { ...blocked, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      201,
    ],
    ['a pod not ready goes free when the budget is healthy', { ready: false }, { disruptionsAllowed: 0 }, 201],
    [
      'a pod not ready is held when the budget desires nobody',
      { ready: false },
      { currentHealthy: 0, desiredHealthy: 0 },
      429,
    ],
    ['a ready pod is held even with AlwaysAllow', {}, { ...blocked, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, 429],
    ['a budget of other labels does not count', { labels: { app: 'db' } }, blocked, 201],
    ['an empty selector means every pod', { labels: { app: 'db' } }, { ...blocked, selector: {} }, 429],
    ['an absent selector means none', {}, { ...blocked, selector: null }, 201],
    ['a negative budget is forbidden', {}, { disruptionsAllowed: -1 }, 403],
  ];
  it.each(passes)('%s', async (_title, pod, shape, code) => {
    addPod(at.cluster, 'web-0', pod);
    addBudget(at.cluster, 'web', shape);
    expect((await evict('web-0')).code).toBe(code);
  });

  it('a budget not yet observed answers 429 with Retry-After 10', async () => {
    addPod(at.cluster, 'web-0');
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, observedGeneration: 0 });
    const { code, headers, json } = await evict('web-0');
    expect([code, headers.get('retry-after')]).toEqual([429, '10']);
    expect(JSON.stringify(json.details)).toContain('The disruption budget web is still being processed by the server.');
  });

  it('an unready pod goes without charging the budget', async () => {
    addPod(at.cluster, 'web-0', { ready: false });
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, currentHealthy: 3 });
    expect((await evict('web-0')).code).toBe(201);
    expect(allowed('web')).toBe(1);
  });

  it('a terminating pod is evicted again as a no-op, whatever its budget', async () => {
    addPod(at.cluster, 'web-0');
    await evict('web-0');
    const version = at.cluster.store.resourceVersion;
    addBudget(at.cluster, 'web');
    expect((await evict('web-0')).code).toBe(201);
    expect(at.cluster.store.resourceVersion).toBe(version + 1);
  });

  it('another UID is 409 and spends the disruption it asked for, as the real one does', async () => {
    const pod = addPod(at.cluster, 'web-0');
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, currentHealthy: 3 });
    const { code, json } = await evict('web-0', { preconditions: { uid: 'other' } });
    expect({ code, reason: json.reason, message: json.message }).toEqual({
      code: 409,
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on Pod "web-0": the UID in the precondition (other) does not match the UID in record (${pod.metadata.uid}). The object might have been deleted and then recreated`,
    });
    expect(allowed('web')).toBe(0);
    expect(at.cluster.store.get('pods', 'default', 'web-0')?.metadata.deletionTimestamp).toBeUndefined();
  });

  it.each([
    ['the pod is meant', { preconditions: { uid: 'own' } }, 201],
    ['another version of it is meant', { preconditions: { resourceVersion: '1' } }, 409],
  ])('preconditions: %s', async (_title, options, code) => {
    const { uid } = addPod(at.cluster, 'web-0').metadata;
    const given = JSON.parse(JSON.stringify(options).replace('own', uid)) as Record<string, unknown>;
    expect((await evict('web-0', given)).code).toBe(code);
  });

  it.each([
    ['in the body', { dryRun: ['All'] }, ''],
    ['in the query', {}, '?dryRun=All'],
  ])('a dry run %s checks the budget and changes nothing', async (_title, options, query) => {
    for (const name of ['web-0', 'web-1']) addPod(at.cluster, name);
    addBudget(at.cluster, 'web', { disruptionsAllowed: 1, currentHealthy: 3 });
    const version = at.cluster.store.resourceVersion;
    for (const name of ['web-0', 'web-1']) expect((await evict(name, options, query)).code).toBe(201);
    expect(at.cluster.store.resourceVersion).toBe(version);
  });

  it.each([
    ['no such pod', 'gone', { metadata: { name: 'gone' } }, 404],
    ['another name in the body', 'web-0', { metadata: { name: 'web-1' } }, 400],
    ['no apiVersion and kind', 'web-0', { metadata: { name: 'web-0' } }, 201],
    ['policy/v1beta1', 'web-0', { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'web-0' } }, 201],
    ['another kind', 'web-0', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' } }, 400],
  ])('%s', async (_title, name, body, code) => {
    addPod(at.cluster, 'web-0');
    expect((await call(at.api, 'POST', `/api/v1/namespaces/default/pods/${name}/eviction`, { body })).code).toBe(code);
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
