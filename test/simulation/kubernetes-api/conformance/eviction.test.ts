import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApiUnderTest } from './api-under-test.ts';
import {
  type BudgetShape,
  budgetsAreWatched,
  type PodShape,
  putBudget as putBudgetAt,
  putPod as putPodAt,
  type Stored,
  stored,
} from './pods-and-budgets.ts';
import { type ApiUnderTest, asked, budgetsOf, emptied } from './scratch-namespace.ts';

let at: ApiUnderTest;
/** A controller of budgets runs here. */
let isWatched = false;
beforeAll(async () => {
  at = await openApiUnderTest();
  isWatched = await budgetsAreWatched(at);
});
beforeEach(() => emptied(at));
afterAll(() => at?.close());

const putPod = (name: string, shape?: PodShape): Promise<Stored> => putPodAt(at, name, shape);
const putBudget = (name: string, shape: BudgetShape): Promise<void> => putBudgetAt(at, name, shape, isWatched);
const pod = (name: string): Promise<Stored | undefined> => stored(at, `pods/${name}`);
const budget = (name: string): Promise<Stored | undefined> => stored(at, `${budgetsOf(at)}/${name}`);
const evict = (name: string, deleteOptions: Record<string, unknown> = {}, query = '') =>
  asked(at, 'POST', `pods/${name}/eviction${query}`, { body: { metadata: { name }, deleteOptions } });

describe('eviction', () => {
  it('R216: without a budget marks the pod as terminating with its grace', async () => {
    await putPod('web-0');
    const { code, json } = await evict('web-0');
    expect({ code, json }).toEqual({
      code: 201,
      json: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    });
    const { metadata } = (await pod('web-0')) ?? {};
    expect(metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: expect.any(String) as string });
  });

  it('says on the pod who disrupted it', async context => {
    context.skip(at.minor < 26, 'pods have no condition DisruptionTarget before Kubernetes 1.26');
    await putPod('web-0');
    await evict('web-0');
    const { conditions } = (await pod('web-0'))?.status ?? {};
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }),
    );
  });

  it('R218: with no disruption left answers 429 with its cause and leaves the pod alone', async () => {
    for (const name of ['web-0', 'web-1']) await putPod(name);
    await putBudget('web', { healthy: 2 });
    const { code, json, headers } = await evict('web-0');
    const message = 'The disruption budget web needs 2 healthy pods and has 2 currently';
    expect({ code, json }).toEqual({
      code: 429,
      json: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        reason: 'TooManyRequests',
        details: { causes: [{ reason: 'DisruptionBudget', message }] },
        code: 429,
      },
    });
    expect(headers.get('retry-after')).toBeNull();
    expect((await pod('web-0'))?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('charges the budget at once, so that two evictions at a time cannot both pass', async () => {
    for (const name of ['web-0', 'web-1', 'web-2']) await putPod(name);
    await putBudget('web', { healthy: 3 });
    const codes = (await Promise.all([evict('web-0'), evict('web-1')])).map(({ code }) => code);
    expect(codes.sort((a, b) => a - b)).toEqual([201, 429]);
    expect((await budget('web'))?.status).toMatchObject({ disruptionsAllowed: 0 });
  });

  it('with two budgets answers 500 without a reason', async () => {
    for (const name of ['web-0', 'web-1', 'web-2']) await putPod(name);
    for (const name of ['a', 'b']) await putBudget(name, { healthy: 3 });
    const { code, json } = await evict('web-0');
    expect(code).toBe(500);
    expect(json).not.toHaveProperty('reason');
    expect(json.message).toContain('more than one PodDisruptionBudget');
  });

  interface Case {
    title: string;
    pod?: PodShape;
    /** Healthy pods of the same labels beside it. */
    others?: number;
    budget?: Partial<BudgetShape>;
    code: number;
    /** The first minor with this rule. */
    since?: number;
  }
  const db = { app: 'db' };
  const always = { unhealthyPodEvictionPolicy: 'AlwaysAllow' };
  const cases: Case[] = [
    { title: 'a running ready pod asks the budget', budget: { healthy: 1 }, code: 429 },
    { title: 'a pending pod bypasses it', pod: { phase: 'Pending', isReady: false, isBound: false }, code: 201 },
    { title: 'a succeeded pod bypasses it', pod: { phase: 'Succeeded', isReady: false }, code: 201 },
    { title: 'a failed pod bypasses it', pod: { phase: 'Failed', isReady: false }, code: 201 },
    { title: 'a pod not ready is held while the budget lacks healthy pods', pod: { isReady: false }, code: 429 },
    {
      title: 'a pod not ready goes free with AlwaysAllow',
      pod: { isReady: false },
      budget: always,
      code: 201,
      since: 27,
    },
    {
      title: 'a pod not ready goes free when the budget has all it asks for',
      pod: { isReady: false },
      others: 2,
      code: 201,
      since: 22,
    },
    {
      title: 'a pod not ready is held when the budget desires nobody',
      pod: { isReady: false },
      budget: { minAvailable: 0 },
      code: 429,
    },
    {
      title: 'a ready pod is held even with AlwaysAllow',
      budget: { ...always, healthy: 1 },
      code: 429,
      since: 27,
    },
    { title: 'a budget of other labels does not count', pod: { labels: db }, code: 201 },
    {
      title: 'an empty selector means every pod',
      pod: { labels: db },
      budget: { selector: {}, healthy: 1 },
      code: 429,
      since: 21,
    },
    { title: 'an absent selector means none', budget: { selector: null }, code: 201 },
  ];
  it.for(cases.map(row => [row.title, row] as const))('%s', async ([, row], context) => {
    const { pod: shape, others = 0, budget: given, code, since = 0 } = row;
    context.skip(at.minor < since, `the rule came with Kubernetes 1.${since}`);
    await putPod('web-0', shape);
    for (let index = 1; index <= others; index += 1) await putPod(`web-${index}`);
    await putBudget('web', { healthy: others, ...given });
    expect((await evict('web-0')).code).toBe(code);
  });

  it('a budget not yet observed answers 429 and says when to come again', async context => {
    context.skip(isWatched, 'a controller of budgets runs here and observes each at once');
    await putPod('web-0');
    const spec = { minAvailable: 0, selector: { matchLabels: { app: 'web' } } };
    await asked(at, 'POST', budgetsOf(at), { body: { metadata: { name: 'web' }, spec } });
    const { code, headers, json } = await evict('web-0');
    // Kubernetes 1.20 names no time.
    expect([code, headers.get('retry-after')]).toEqual([429, at.minor > 20 ? '10' : null]);
    expect(JSON.stringify(json.details)).toContain('The disruption budget web is still being processed by the server.');
  });

  it('an unready pod goes without charging the budget', async context => {
    context.skip(at.minor < 22, 'the rule came with Kubernetes 1.22');
    await putPod('web-0', { isReady: false });
    for (const name of ['web-1', 'web-2', 'web-3']) await putPod(name);
    await putBudget('web', { healthy: 3 });
    expect((await evict('web-0')).code).toBe(201);
    expect((await budget('web'))?.status).toMatchObject({ disruptionsAllowed: 1 });
  });

  it('a terminating pod may be evicted again, whatever its budget', async () => {
    await putPod('web-0');
    await evict('web-0');
    await putBudget('web', { healthy: 0 });
    expect((await evict('web-0')).code).toBe(201);
  });

  it('another UID is 409 and spends the disruption it asked for', async () => {
    const { uid } = (await putPod('web-0')).metadata;
    for (const name of ['web-1', 'web-2']) await putPod(name);
    await putBudget('web', { healthy: 3 });
    const { code, json } = await evict('web-0', { preconditions: { uid: 'other' } });
    expect({ code, reason: json.reason }).toEqual({ code: 409, reason: 'Conflict' });
    expect(json.message).toContain(
      `the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    expect((await budget('web'))?.status).toMatchObject({ disruptionsAllowed: 0 });
    expect((await pod('web-0'))?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('preconditions: the pod that is meant goes, an older version of it is 409', async () => {
    const { uid } = (await putPod('web-0')).metadata;
    expect((await evict('web-0', { preconditions: { resourceVersion: '1' } })).code).toBe(409);
    expect((await evict('web-0', { preconditions: { uid } })).code).toBe(201);
  });

  it.for([
    ['in the body', { dryRun: ['All'] }, ''],
    ['in the query', {}, '?dryRun=All'],
  ] as const)('a dry run %s checks the budget and changes nothing', async ([, options, query]) => {
    for (const name of ['web-0', 'web-1', 'web-2']) await putPod(name);
    await putBudget('web', { healthy: 3 });
    for (const name of ['web-0', 'web-1']) expect((await evict(name, options, query)).code).toBe(201);
    expect((await budget('web'))?.status).toMatchObject({ disruptionsAllowed: 1 });
    expect((await pod('web-0'))?.metadata.deletionTimestamp).toBeUndefined();
  });

  const eviction = (apiVersion: string) => ({ apiVersion, kind: 'Eviction', metadata: { name: 'web-0' } });
  const bodies: [title: string, pod: string, body: unknown, code: number, since?: number][] = [
    ['no such pod', 'gone', { metadata: { name: 'gone' } }, 404],
    ['another name in the body', 'web-0', { metadata: { name: 'web-1' } }, 400],
    ['no apiVersion and kind', 'web-0', { metadata: { name: 'web-0' } }, 201],
    ['policy/v1', 'web-0', eviction('policy/v1'), 201, 22],
    ['policy/v1beta1', 'web-0', eviction('policy/v1beta1'), 201],
    ['another kind', 'web-0', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' } }, 400],
  ];
  it.for(bodies)('%s', async ([, name, body, code, since = 0], context) => {
    context.skip(at.minor < since, `evictions of policy/v1 came with Kubernetes 1.${since}`);
    await putPod('web-0');
    expect((await asked(at, 'POST', `pods/${name}/eviction`, { body })).code).toBe(code);
  });
});
