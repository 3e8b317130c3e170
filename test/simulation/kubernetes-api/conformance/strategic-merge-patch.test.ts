import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, STRATEGIC } from '../call.ts';
import { openApiUnderTest } from './api-under-test.ts';
import { type Container, containersOf, putDeployment as putDeploymentAt, WEB } from './paused-deployment.ts';
import { type Stored, stored } from './pods-and-budgets.ts';
import { type ApiUnderTest, asked, budgetsOf, done, emptied } from './scratch-namespace.ts';

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

const patch = (resource: string, body: unknown) => asked(at, 'PATCH', resource, { body, type: STRATEGIC });
const putDeployment = (given: Container[]): Promise<void> => putDeploymentAt(at, given);
const containers = (): Promise<Container[]> => containersOf(at);

describe('strategic merge patch', () => {
  const a = { name: 'a', image: 'x:1' };
  const b = { name: 'b', image: 'x:1' };
  const c = { name: 'c', image: 'x:1' };
  const env = (...given: object[]) => ({ ...a, env: given });
  const ports = (...given: object[]) => ({ ...a, ports: given });
  const cases: [title: string, before: Container[], given: Record<string, unknown>, after: Container[]][] = [
    ['containers merge by name', [a, b], { containers: [{ name: 'a', image: 'x:2' }] }, [{ ...a, image: 'x:2' }, b]],
    ['$patch delete takes an element out', [a, b], { containers: [{ $patch: 'delete', name: 'a' }] }, [b]],
    ['$patch replace in a list replaces it', [a, b], { containers: [{ $patch: 'replace' }, c] }, [c]],
    [
      '$setElementOrder orders the merged list',
      [a, b],
      { '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }], containers: [c] },
      [c, b, a],
    ],
    [
      'env of a container merges by name',
      [env({ name: 'A', value: '1' }, { name: 'B', value: '1' })],
      { containers: [{ name: 'a', env: [{ name: 'A', value: '2' }] }] },
      [env({ name: 'A', value: '2' }, { name: 'B', value: '1' })],
    ],
    [
      'ports of a container merge by containerPort',
      [ports({ containerPort: 80, protocol: 'TCP' })],
      { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] },
      [ports({ containerPort: 80, name: 'http', protocol: 'TCP' })],
    ],
  ];
  it.for(cases)('%s', async ([, before, given, after]) => {
    await putDeployment(before);
    const answer = await patch(WEB, { spec: { template: { spec: given } } });
    expect([answer.code, answer.code === 200 ? '' : answer.text]).toEqual([200, '']);
    const seen = await containers();
    expect(seen).toMatchObject(after);
    expect(seen).toHaveLength(after.length);
  });

  it('a new element comes before those the patch does not name', async () => {
    await putDeployment([a]);
    await patch(WEB, { spec: { template: { spec: { containers: [b] } } } });
    expect((await containers()).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('$retainKeys keeps only the named members', async () => {
    await putDeployment([a]);
    const body = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect((await patch(WEB, body)).code).toBe(200);
    expect((await stored(at, WEB))?.spec?.strategy).toEqual({ type: 'Recreate' });
  });

  it('$patch replace and delete in a map', async () => {
    const labels = async (given: object) =>
      ((await patch(MAP, { metadata: { labels: given } })).json.metadata as { labels?: object }).labels;
    expect(await labels({ $patch: 'replace', b: '2' })).toEqual({ b: '2' });
    expect((await labels({ $patch: 'delete' })) ?? {}).toEqual({});
  });

  it('ports of a service merge by port', async () => {
    const port = { name: 'a', port: 80 };
    await done(at, 'POST', 'services', { body: { metadata: { name: 's' }, spec: { ports: [port] } } });
    const body = { spec: { ports: [{ name: 'b', port: 443 }] } };
    const { json } = await patch('services/s', body);
    const { ports: seen } = json.spec as { ports: { port: number }[] };
    expect(seen.map(({ port: number }) => number).sort((x, y) => x - y)).toEqual([80, 443]);
  });

  it("a budget's selector is replaced whole", async context => {
    context.skip(at.minor < 21, 'the selector of policy/v1beta1 is merged');
    const spec = { minAvailable: 1, selector: { matchLabels: { a: '1' } } };
    await done(at, 'POST', budgetsOf(at), { body: { metadata: { name: 'p' }, spec } });
    const body = { spec: { selector: { matchLabels: { b: '2' } } } };
    expect((await patch(`${budgetsOf(at)}/p`, body)).json.spec).toMatchObject(body.spec);
    expect((await stored(at, `${budgetsOf(at)}/p`))?.spec?.selector).toEqual({ matchLabels: { b: '2' } });
  });

  it('finalizers are a set, and $deleteFromPrimitiveList takes values out', async () => {
    const finalizers = async (given: object) =>
      ((await patch(MAP, { metadata: given })).json.metadata as { finalizers?: string[] }).finalizers;
    expect(await finalizers({ finalizers: ['x/a', 'x/b'] })).toEqual(['x/a', 'x/b']);
    expect([...((await finalizers({ finalizers: ['x/b', 'x/c'] })) ?? [])].sort()).toEqual(['x/a', 'x/b', 'x/c']);
    const all = { '$deleteFromPrimitiveList/finalizers': ['x/a', 'x/b', 'x/c'] };
    expect((await finalizers(all)) ?? []).toEqual([]);
  });

  it.for([
    ['an element without its key', { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }, 500],
    [
      'retained keys that leave out a given one',
      { spec: { strategy: { $retainKeys: ['type'], type: 'a', x: 1 } } },
      400,
    ],
  ] as const)('%s is refused', async ([, body, code]) => {
    await putDeployment([a]);
    expect((await patch(WEB, body)).code).toBe(code);
  });

  it('an unknown directive is refused with 500', async () => {
    await putDeployment([a]);
    expect((await patch(WEB, { spec: { template: { spec: { $patch: 'explode' } } } })).code).toBe(500);
  });

  it('R216: a cordon is one member of a node, and null takes it back', async context => {
    const { json } = await call(at, 'GET', '/api/v1/nodes?limit=1');
    const [node] = json.items as Stored[];
    context.skip(node === undefined, 'this server has no node to try a cordon on (it is a dry run)');
    const path = `/api/v1/nodes/${node?.metadata.name}?dryRun=All`;
    const spec = async (unschedulable: boolean | null) =>
      (await call(at, 'PATCH', path, { body: { spec: { unschedulable } }, type: STRATEGIC })).json.spec;
    expect(await spec(true)).toMatchObject({ unschedulable: true });
    expect(await spec(null)).not.toHaveProperty('unschedulable');
  });
});
