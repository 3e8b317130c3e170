import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
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
