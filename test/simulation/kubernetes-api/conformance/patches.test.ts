import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JSON_PATCH, MERGE, STRATEGIC } from '../call.ts';
import { openApiUnderTest } from './api-under-test.ts';
import { containersOf, putDeployment, WEB } from './paused-deployment.ts';
import { stored } from './pods-and-budgets.ts';
import { type ApiUnderTest, asked, done, emptied } from './scratch-namespace.ts';

const MAP = 'configmaps/map';

let at: ApiUnderTest;
beforeAll(async () => {
  at = await openApiUnderTest();
});
beforeEach(async () => {
  await emptied(at);
  await done(at, 'POST', 'configmaps', { body: { metadata: { name: 'map', labels: { a: '1' } }, data: { a: 'b' } } });
});
afterAll(() => at?.close());

const patch = (resource: string, body: unknown, type: string | null) => asked(at, 'PATCH', resource, { body, type });
/** Of the map; a real server drops a member that is empty, the simulation keeps it. */
const data = async () => (await stored(at, MAP))?.data ?? {};

describe('merge patch', () => {
  it.for([
    ['sets', { data: { a: 'c' } }, { a: 'c' }],
    ['adds', { data: { b: 'c' } }, { a: 'b', b: 'c' }],
    ['null removes', { data: { a: null, b: 'c' } }, { b: 'c' }],
    ['null of the whole removes it', { data: null }, {}],
  ] as const)('%s', async ([, body, expected]) => {
    expect((await patch(MAP, body, MERGE)).code).toBe(200);
    expect(await data()).toEqual(expected);
  });

  it('a list is replaced whole', async () => {
    await putDeployment(at, [{ name: 'c', image: 'x:1' }]);
    const body = { spec: { template: { spec: { containers: [{ name: 'd', image: 'x:2' }] } } } };
    expect((await patch(WEB, body, MERGE)).code).toBe(200);
    expect((await containersOf(at)).map(({ name }) => name)).toEqual(['d']);
  });
});

describe('JSON patch', () => {
  it.for([
    ['add', [{ op: 'add', path: '/data/b', value: 'c' }], { a: 'b', b: 'c' }],
    ['replace', [{ op: 'replace', path: '/data/a', value: 'c' }], { a: 'c' }],
    ['remove', [{ op: 'remove', path: '/data/a' }], {}],
    ['move', [{ op: 'move', from: '/data/a', path: '/data/b' }], { b: 'b' }],
    ['a test that holds', [{ op: 'test', path: '/data/a', value: 'b' }], { a: 'b' }],
  ] as const)('%s', async ([, body, expected]) => {
    expect((await patch(MAP, body, JSON_PATCH)).code).toBe(200);
    expect(await data()).toEqual(expected);
  });

  it('an escaped name', async () => {
    const body = [{ op: 'add', path: '/metadata/labels/x~1y', value: 'z' }];
    expect((await patch(MAP, body, JSON_PATCH)).json.metadata).toMatchObject({ labels: { a: '1', 'x/y': 'z' } });
  });

  it.for([
    ['no list', { op: 'add' }, 400],
    ['a test that fails', [{ op: 'test', path: '/data/a', value: 'c' }], 422],
    ['a path that is not there', [{ op: 'replace', path: '/none/c', value: 'x' }], 422],
    ['removing what is not there', [{ op: 'remove', path: '/data/none' }], 422],
    ['an unknown operation', [{ op: 'increment', path: '/data/a' }], 422],
    ['a move from nowhere', [{ op: 'move', from: '/none', path: '/data/b' }], 422],
  ] as const)('%s is refused', async ([, body, code]) => {
    expect((await patch(MAP, body, JSON_PATCH)).code).toBe(code);
    expect(await data()).toEqual({ a: 'b' });
  });
});

describe('every patch', () => {
  it('that changes nothing keeps the version', async () => {
    const before = (await stored(at, MAP))?.metadata.resourceVersion;
    for (const type of [MERGE, STRATEGIC]) await patch(MAP, { data: { a: 'b' } }, type);
    await patch(MAP, [{ op: 'replace', path: '/data/a', value: 'b' }], JSON_PATCH);
    expect((await stored(at, MAP))?.metadata.resourceVersion).toBe(before);
  });

  it('with a version passes once and then conflicts', async () => {
    const { resourceVersion } = (await stored(at, MAP))?.metadata ?? {};
    const body = (value: string) => ({ metadata: { resourceVersion }, data: { a: value } });
    expect((await patch(MAP, body('c'), MERGE)).code).toBe(200);
    expect((await patch(MAP, body('d'), STRATEGIC)).json).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(await data()).toEqual({ a: 'c' });
  });

  it('to another name is refused', async () => {
    expect((await patch(MAP, { metadata: { name: 'other' } }, MERGE)).code).toBe(400);
  });

  it('to another UID is refused as a change of what is immutable', async () => {
    expect((await patch(MAP, { metadata: { uid: 'x' } }, MERGE)).json).toMatchObject({ code: 422, reason: 'Invalid' });
  });

  it('of what is not there is 404; of an unknown type 415', async () => {
    expect((await patch('configmaps/none', { data: {} }, MERGE)).code).toBe(404);
    expect((await patch(MAP, { data: {} }, 'text/plain')).code).toBe(415);
  });

  it('without a type is 415', async () => {
    expect((await patch(MAP, { data: {} }, null)).code).toBe(415);
  });

  it('as a dry run answers the result and keeps nothing', async () => {
    expect((await patch(`${MAP}?dryRun=All`, { data: { a: 'c' } }, MERGE)).json.data).toEqual({ a: 'c' });
    expect(await data()).toEqual({ a: 'b' });
  });

  it('generation grows with the spec only', async () => {
    await putDeployment(at, [{ name: 'c', image: 'x:1' }]);
    const generation = async (body: object) =>
      ((await patch(WEB, body, MERGE)).json.metadata as { generation: number }).generation;
    expect(await generation({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(await generation({ spec: { minReadySeconds: 5 } })).toBe(2);
  });
});
