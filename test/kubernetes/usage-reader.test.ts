import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { at } from '../../src/decisions/manifest/json.ts';
import { runningWorld } from '../simulation/kubernetes-api/running-world.ts';
import { connect, never, ONE } from './cluster-fixture.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

describe('what a cluster uses', () => {
  it('R107, R119: every node and pod of a running cluster, in millicores and bytes', async () => {
    const world = await runningWorld({ seed: 1, speed: 60 });
    onTestFinished(() => world.stop());
    const { usage, reader } = await connect({ servers: [world.api.vip] });
    const [nodes, measured, pods] = await Promise.all([
      reader.nodes(never()),
      usage.nodes(never()),
      usage.pods(never()),
    ]);
    expect(measured?.map(({ node }) => node).sort()).toEqual(nodes.map(({ name }) => name).sort());
    expect(measured?.every(({ cpuMillis, memoryBytes }) => cpuMillis > 100 && memoryBytes > 1e8)).toBe(true);
    expect(pods?.length).toBeGreaterThan(10);
  });

  it('R119: without a metrics API it is undefined, not nothing', async () => {
    server.use(
      http.get(`${ONE}/apis/metrics.k8s.io/v1beta1`, () =>
        HttpResponse.json({ kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }, { status: 404 }),
      ),
    );
    const { usage } = await connect({ servers: [ONE] });
    expect(await usage.nodes(never())).toBeUndefined();
    expect(await usage.pods(never())).toBeUndefined();
  });

  it.each([
    ['that is no quantity', { cpu: 'much', memory: '1Ki' }],
    ['that is missing', { memory: '1Ki' }],
  ])('a usage %s is an error, never 0', async (_what, given) => {
    server.use(
      http.get(`${ONE}/apis/metrics.k8s.io/v1beta1`, () =>
        HttpResponse.json({
          kind: 'APIResourceList',
          resources: [{ name: 'nodes', kind: 'NodeMetrics', namespaced: false, verbs: ['list'] }],
        }),
      ),
      http.get(`${ONE}/apis/metrics.k8s.io/v1beta1/nodes`, () =>
        HttpResponse.json({
          kind: 'NodeMetricsList',
          metadata: {},
          items: [{ metadata: { name: 'a' }, usage: given }],
        }),
      ),
    );
    const { usage } = await connect({ servers: [ONE] });
    await expect(usage.nodes(never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });
});

it('tells in which API versions objects were written, and by whom; status is not written by people', async () => {
  const group = 'flowcontrol.apiserver.k8s.io/v1beta3';
  const managedFields = [
    { manager: 'helm', apiVersion: group, operation: 'Apply' },
    { manager: 'kube-apiserver', apiVersion: `${group}x`, operation: 'Update', subresource: 'status' },
  ];
  server.use(
    http.get(`${ONE}/apis/${group}`, () =>
      HttpResponse.json({
        kind: 'APIResourceList',
        resources: [{ name: 'flowschemas', kind: 'FlowSchema', namespaced: false, verbs: ['list'] }],
      }),
    ),
    http.get(`${ONE}/apis/${group}/flowschemas`, () =>
      HttpResponse.json({ metadata: {}, items: [{ metadata: { name: 'probes', managedFields } }] }),
    ),
  );
  const { usage } = await connect({ servers: [ONE] });
  expect(await usage.writtenVersions([{ apiVersion: group, kind: 'FlowSchema' }], never())).toEqual([
    { apiVersion: group, kind: 'FlowSchema', namespace: undefined, name: 'probes', manager: 'helm' },
  ]);
});

describe('every object of a kind', () => {
  it('is shown as the server has it; of a kind it does not know nothing', async () => {
    const world = await runningWorld({ seed: 1, speed: 60 });
    onTestFinished(() => world.stop());
    const { usage, reader } = await connect({ servers: [world.api.vip] });
    const names = async (apiVersion: string, kind: string): Promise<string[]> => {
      const seen: string[] = [];
      await usage.each(
        { apiVersion, kind },
        () => object => seen.push(String(at(object, 'metadata', 'name'))),
        never(),
      );
      return seen.sort();
    };
    expect(await names('v1', 'Node')).toEqual((await reader.nodes(never())).map(({ name }) => name).sort());
    expect(await names('no.such.group/v1', 'Thing')).toEqual([]);
  });

  it('is shown anew, to a new beginning, when the list expired between two pages', async () => {
    const page = (name: string, following: string) =>
      HttpResponse.json({ kind: 'NodeList', metadata: { continue: following }, items: [{ metadata: { name } }] });
    let asked = 0;
    server.use(
      http.get(`${ONE}/api/v1`, () =>
        HttpResponse.json({
          kind: 'APIResourceList',
          resources: [{ name: 'nodes', kind: 'Node', namespaced: false, verbs: ['list'] }],
        }),
      ),
      http.get(`${ONE}/api/v1/nodes`, () => {
        asked += 1;
        if (asked === 1) return page('a', 'more');
        if (asked === 2)
          return HttpResponse.json(
            { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
            { status: 410 },
          );
        return asked === 3 ? page('a', 'more') : page('b', '');
      }),
    );
    const { usage } = await connect({ servers: [ONE] });
    const begun: unknown[][] = [];
    const begin = () => {
      const seen: unknown[] = [];
      begun.push(seen);
      return (object: Readonly<Record<string, unknown>>) => seen.push(at(object, 'metadata', 'name'));
    };
    await usage.each({ apiVersion: 'v1', kind: 'Node' }, begin, never());
    expect(begun).toEqual([['a'], ['a', 'b']]);
  });
});
