import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ServerFacts } from '../../src/model/facts.ts';
import { aCluster } from '../decisions/facts.ts';
import { lease, list, node, notFound, pod, status } from './api-objects.ts';
import { connect, NOW, never, ONE } from './cluster-fixture.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const get = (path: string, answer: () => Response) => http.get(`${ONE}${path}`, answer);
const json = (body: unknown, code = 200) => HttpResponse.json(body as Record<string, unknown>, { status: code });

const PODS = '/api/v1/pods';
const VOLUMES = '/api/v1/persistentvolumes';
const NODE_LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const OWN_LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/containers-gm';

describe('reading a cluster', () => {
  test('pods are read in pages of 250, in order, each projected to facts', async () => {
    const asked: string[] = [];
    server.use(
      get(VOLUMES, () => json(list([]))),
      http.get(`${ONE}${PODS}`, ({ request }) => {
        const query = new URL(request.url).searchParams;
        asked.push(`${query.get('limit')} ${query.get('continue')} ${query.get('fieldSelector')}`);
        const at = Number(query.get('continue') ?? 0);
        const items = [pod(`p${at}`), pod(`p${at + 1}`)];
        return json(list(items, at < 4 ? String(at + 2) : undefined));
      }),
    );
    const { reader } = await connect();
    const pods = await reader.pods({ nodeName: 'w-1' }, never());
    expect(pods.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
    expect(asked).toEqual(['250 null spec.nodeName=w-1', '250 2 spec.nodeName=w-1', '250 4 spec.nodeName=w-1']);
  });

  test('a list whose continue token expired is begun again, without pods twice', async () => {
    let expiries = 0;
    server.use(
      get(VOLUMES, () => json(list([]))),
      http.get(`${ONE}${PODS}`, ({ request }) => {
        const next = new URL(request.url).searchParams.get('continue');
        if (next === null) return json(list([pod('a')], 'token'));
        if (expiries++ < 2) return json(status(410, { reason: 'Expired' }), 410);
        return json(list([pod('b')]));
      }),
    );
    const { reader } = await connect();
    expect((await reader.pods({}, never())).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('a list that keeps expiring is given up', async () => {
    server.use(
      get(VOLUMES, () => json(list([]))),
      http.get(`${ONE}${PODS}`, ({ request }) =>
        new URL(request.url).searchParams.has('continue')
          ? json(status(410, { reason: 'Expired' }), 410)
          : json(list([pod('a')], 'token')),
      ),
    );
    const { reader } = await connect();
    await expect(reader.pods({}, never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });

  test.each([
    ['an empty object', () => json({})],
    [
      'a page of something else',
      () => new Response('<html>login</html>', { headers: { 'content-type': 'text/html' } }),
    ],
    ['a cut answer', () => new Response('{"items":[', { headers: { 'content-type': 'application/json' } })],
    ['an object without identity', () => json(list([{ metadata: {} }]))],
    ['the same page for ever', () => json(list([], 'token'))],
  ])('%s is no list of nodes', async (_title, answer) => {
    server.use(
      get('/api/v1/nodes', answer),
      get(NODE_LEASES, () => json(list([]))),
    );
    const { reader } = await connect();
    await expect(reader.nodes(never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });

  test('nodes carry role, identity, readiness, amounts, our cordon and the renewal of their lease', async () => {
    const cordoned = { 'containers-gm/cordoned-by': 'op-1', 'containers-gm/prior-unschedulable': 'false' };
    const worker = node('w-1', { annotations: cordoned, unschedulable: true });
    server.use(
      get('/api/v1/nodes', () =>
        json(list([node('cp-1'), { ...worker, metadata: { ...worker.metadata, labels: {} }, status: {} }])),
      ),
      get(NODE_LEASES, () =>
        json(list([lease('cp-1', 'kube-node-lease', { renewTime: '2026-11-22T09:59:58.123456Z' })])),
      ),
    );
    const { reader } = await connect();
    const [first, second] = await reader.nodes(never());
    expect(first).toMatchObject({
      name: 'cp-1',
      role: 'control-plane',
      uid: 'uid-cp-1',
      resourceVersion: '7',
      systemUuid: 'aaaa-bbbb',
      bootId: 'boot-1',
      internalIp: '10.0.0.2',
      osImage: 'Talos (v1.12.11)',
      kubeletVersion: 'v1.35.4',
      ready: true,
      unschedulable: false,
      cordonOwner: undefined,
      leaseRenewedAt: NOW - 1877,
      allocatable: { cpuMillis: 3950, memoryBytes: 7.5 * 2 ** 30, pods: 110 },
    });
    expect(second).toMatchObject({
      role: 'worker',
      ready: 'unknown',
      unschedulable: true,
      cordonOwner: 'op-1',
      cordonPriorUnschedulable: false,
      leaseRenewedAt: undefined,
      allocatable: { cpuMillis: 0, memoryBytes: 0, pods: 0 },
    });
  });

  test('one node: with its lease, without it, and none', async () => {
    server.use(
      get('/api/v1/nodes/w-1', () => json(node('w-1'))),
      get(`${NODE_LEASES}/w-1`, () => json(notFound('leases', 'w-1'), 404)),
      get('/api/v1/nodes/w-2', () => json(notFound('nodes', 'w-2'), 404)),
      get('/api/v1/nodes/w-3', () => new Response('not here', { status: 404 })),
    );
    const { reader } = await connect();
    expect(await reader.node('w-1', never())).toMatchObject({ name: 'w-1', leaseRenewedAt: undefined });
    expect(await reader.node('w-2', never())).toBeUndefined();
    await expect(reader.node('w-3', never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
  });

  test.each([
    [401, 'does not accept'],
    [403, 'may not get namespaces'],
  ])('%d is KUBERNETES_DENIED, with verb and resource, without the server’s text', async (code, words) => {
    const message = 'namespaces is forbidden: User "secret-name"';
    server.use(get('/api/v1/namespaces/kube-system', () => json(status(code, { reason: 'Forbidden', message }), code)));
    const { reader } = await connect();
    const denied = await reader.identity(never()).catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: 'KUBERNETES_DENIED', retry: 'after-change' });
    expect(String(denied)).toContain(words);
    expect(String(denied)).toContain('get namespaces');
    expect(JSON.stringify(denied)).not.toContain('secret-name');
  });

  test('our lease: holder and renewal, an empty holder is none, and no lease', async () => {
    const { reader } = await connect();
    server.use(
      get(OWN_LEASE, () =>
        json(
          lease('containers-gm', 'kube-system', { holderIdentity: 'op-1', renewTime: '2026-11-22T10:00:00.000000Z' }),
        ),
      ),
    );
    expect(await reader.lease(never())).toEqual({ holder: 'op-1', renewedAt: NOW, resourceVersion: '5' });
    server.use(get(OWN_LEASE, () => json(lease('containers-gm', 'kube-system', { holderIdentity: '' }))));
    expect(await reader.lease(never())).toEqual({ holder: undefined, renewedAt: undefined, resourceVersion: '5' });
    server.use(get(OWN_LEASE, () => json(notFound('leases', 'containers-gm'), 404)));
    expect(await reader.lease(never())).toBeUndefined();
  });

  test('rights that are not granted are named; those that a look has just shown are not asked again', async () => {
    const asked: string[] = [];
    server.use(
      http.post(`${ONE}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, async ({ request }) => {
        const text = JSON.stringify(await request.json());
        asked.push(text);
        return json({ spec: {}, status: { allowed: !/"patch"|eviction|readyz/.test(text) } }, 201);
      }),
    );
    const { reader } = await connect();
    expect(await reader.missingPermissions(never())).toEqual([
      'patch nodes',
      'create pods/eviction',
      'get /readyz/etcd',
    ]);
    expect(asked).toHaveLength(18);
    const told = { url: ONE, reachable: true, version: 'v1.35.4', error: undefined } as const;
    const shown = (etcdReady: ServerFacts['etcdReady']) => aCluster([], { servers: [{ ...told, etcdReady }] });
    const missing = ['patch nodes', 'create pods/eviction'];
    expect(await reader.missingPermissions(never(), shown(true))).toEqual(missing);
    expect(asked).toHaveLength(18 + 7);
    expect(asked.slice(18).join()).not.toContain('"list"');
    // Silence proves no right.
    expect(await reader.missingPermissions(never(), shown('unknown'))).toEqual([...missing, 'get /readyz/etcd']);
  });

  test('rights that deployments need are asked for by themselves: an upgrade goes without them', async () => {
    server.use(
      http.post(`${ONE}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, async ({ request }) => {
        const text = JSON.stringify(await request.json());
        return json(
          { spec: {}, status: { allowed: !/"patch".*"(secrets|deployments)"|"namespaces"/.test(text) } },
          201,
        );
      }),
    );
    const { workloads } = await connect();
    expect(await workloads.reader.missingRights(never())).toEqual([
      'list namespaces',
      'create namespaces',
      'patch secrets',
      'patch deployments.apps',
    ]);
  });

  test('facts are all of it, at the clock’s time', async () => {
    server.use(
      get('/api/v1/namespaces/kube-system', () => json({ metadata: { name: 'kube-system', uid: 'cluster-uid' } })),
      get('/api/v1/nodes', () => json(list([node('cp-1')]))),
      get(NODE_LEASES, () => json(list([]))),
      get(VOLUMES, () => json(list([]))),
      get(PODS, () => json(list([pod('a')]))),
      get('/apis/policy/v1/poddisruptionbudgets', () => json(list([{ metadata: { name: 'b', namespace: 'shop' } }]))),
      get('/apis/apps/v1/daemonsets', () => json(list([{ metadata: { name: 'd', namespace: 'x', uid: 'u' } }]))),
      get('/apis/storage.k8s.io/v1/volumeattachments', () => json(list([]))),
      get('/version', () => json({ gitVersion: 'v1.35.4' })),
      get('/readyz/etcd', () => new Response('ok')),
      get(OWN_LEASE, () => json(notFound('leases', 'containers-gm'), 404)),
    );
    const { reader } = await connect();
    expect(await reader.facts(never())).toMatchObject({
      cluster: 'staging',
      asOf: NOW,
      kubeSystemUid: 'cluster-uid',
      nodes: [{ name: 'cp-1' }],
      pods: [{ name: 'a' }],
      budgets: [{ name: 'b', disruptionsAllowed: 0, observedGeneration: 0 }],
      daemonSets: [{ name: 'd' }],
      volumeAttachments: [],
      servers: [{ url: ONE, reachable: true, version: 'v1.35.4', etcdReady: true, error: undefined }],
      lease: undefined,
    });
  });
});
