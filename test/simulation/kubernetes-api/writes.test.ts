import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, MERGE, STRATEGIC } from './call.ts';
import { addPod, type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const deployment = (name: string, image = 'nginx:1') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
  },
});
const create = (body: unknown, query = '') => call(at.api, 'POST', `${DEPLOYMENTS}${query}`, { body });
const node = () => at.cluster.store.get('nodes', undefined, 'w-1');

describe('create', () => {
  it("fills in defaults, drops what is the server's and records its manager", async () => {
    const sent = { ...deployment('web'), status: { replicas: 9 } };
    const { code, json } = await create({ ...sent, metadata: { name: 'web', uid: 'mine', resourceVersion: '7' } });
    expect(code).toBe(201);
    expect(json).toMatchObject({
      metadata: { generation: 1, managedFields: [{ manager: 'test', operation: 'Update', apiVersion: 'apps/v1' }] },
      spec: { replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } },
      status: {},
    });
    expect(JSON.stringify(json)).not.toContain('mine');
  });

  it('a pod starts Pending with its quality, tolerations and priority', async () => {
    const body = {
      metadata: { generateName: 'p-' },
      spec: { containers: [{ name: 'c', image: 'x' }], priorityClassName: 'system-node-critical' },
    };
    const { json } = await call(at.api, 'POST', '/api/v1/namespaces/default/pods', { body });
    expect(json).toMatchObject({
      kind: 'Pod',
      metadata: { name: expect.stringMatching(/^p-[a-z0-9]{5}$/) as string, namespace: 'default' },
      spec: {
        priority: 2_000_001_000,
        terminationGracePeriodSeconds: 30,
        tolerations: [{ tolerationSeconds: 300 }, {}],
      },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
  });

  it('a service gets an address', async () => {
    const body = { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } };
    const { json } = await call(at.api, 'POST', '/api/v1/namespaces/default/services', { body });
    expect(json.spec).toMatchObject({ clusterIP: expect.stringMatching(/^10\.(9[6-9]|10\d|11[01])\./) as string });
  });

  it.each([
    ['exists', deployment('old'), 409, 'AlreadyExists', 'deployments.apps "old" already exists'],
    ['no name', { ...deployment('x'), metadata: {} }, 422, 'Invalid', 'name or generateName is required'],
    ['a bad name', { ...deployment('x'), metadata: { name: 'Web_1' } }, 422, 'Invalid', 'RFC 1123'],
    [
      'another namespace',
      { ...deployment('x'), metadata: { name: 'x', namespace: 'other' } },
      400,
      'BadRequest',
      'does not match the namespace',
    ],
    ['another kind', { ...deployment('x'), kind: 'Pod' }, 400, 'BadRequest', 'cannot be handled as a Deployment'],
    [
      'another version',
      { ...deployment('x'), apiVersion: 'v1' },
      400,
      'BadRequest',
      'does not match the expected API version (apps/v1)',
    ],
    ['no selector', { metadata: { name: 'x' }, spec: {} }, 422, 'Invalid', 'spec.selector: Required value'],
    [
      'negative replicas',
      { ...deployment('x'), spec: { ...deployment('x').spec, replicas: -1 } },
      422,
      'Invalid',
      'greater than or equal to 0',
    ],
    ['no JSON', '{', 400, 'BadRequest', 'json parse error'],
  ])('%s is refused', async (_title, body, code, reason, message) => {
    await create(deployment('old'));
    const answer = await create(body);
    expect([answer.code, answer.json.reason]).toEqual([code, reason]);
    expect(answer.json.message).toContain(message);
  });

  it.each([
    ['gone', 404, 'namespaces "gone" not found'],
    ['ending', 403, 'because it is being terminated'],
  ])('into namespace %s is %i', async (namespace, code, message) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    at.cluster.store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'ending', deletionTimestamp: '2026-11-21T11:00:00Z' },
    });
    const { code: actual, json } = await call(at.api, 'POST', path, { body: { metadata: { name: 'c' } } });
    expect(actual).toBe(code);
    expect(json.message).toContain(message);
    if (code === 403) expect(json.details).toMatchObject({ causes: [{ reason: 'NamespaceTerminating' }] });
  });

  it('dryRun=All answers the object and keeps nothing; YAML and unknown protobuf are 501, other types 415', async () => {
    expect((await create(deployment('x'), '?dryRun=All')).code).toBe(201);
    expect(at.cluster.store.list('deployments.apps')).toEqual([]);
    const send = (type: string, body: string) => call(at.api, 'POST', DEPLOYMENTS, { body, type });
    expect((await send('application/yaml', 'a: b')).code).toBe(501);
    expect((await send('text/plain', 'x')).code).toBe(415);
  });
});

describe('update', () => {
  it('a write that changes nothing keeps version and managers', async () => {
    await create(deployment('web'));
    const before = await call(at.api, 'GET', `${DEPLOYMENTS}/web`);
    at.cluster.pass(5000);
    const { json } = await call(at.api, 'PUT', `${DEPLOYMENTS}/web`, { body: before.json });
    expect(json).toEqual(before.json);
  });

  it('generation grows with the spec only; the status only by its subresource', async () => {
    await create(deployment('web'));
    const patch = (sub: string, body: unknown) =>
      call(at.api, 'PATCH', `${DEPLOYMENTS}/web${sub}`, { body, type: MERGE });
    expect((await patch('', { metadata: { labels: { a: 'b' } } })).json.metadata).toMatchObject({ generation: 1 });
    expect((await patch('', { spec: { replicas: 2 }, status: { replicas: 5 } })).json).toMatchObject({
      metadata: { generation: 2 },
      status: {},
    });
    const { json } = await patch('/status', { spec: { replicas: 7 }, status: { replicas: 5 } });
    expect(json).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2 }, status: { replicas: 5 } });
  });

  it('scaling does not touch a template written without defaults', async () => {
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    at.cluster.store.create('deployments.apps', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
    });
    const { json } = await call(at.api, 'PATCH', `${DEPLOYMENTS}/web`, {
      body: { spec: { replicas: 3 } },
      type: STRATEGIC,
    });
    expect(json.spec).toMatchObject({ replicas: 3 });
    expect((json.spec as Record<string, unknown>).template).toEqual(template);
  });

  it.each([
    ['an old version', { metadata: { resourceVersion: '1' } }, 409, 'the object has been modified'],
    ['another UID', { metadata: { uid: 'x' } }, 422, 'metadata.uid: Invalid value: "x": field is immutable'],
    ['another name', { metadata: { name: 'w-9' } }, 400, 'does not match the name on the URL (w-1)'],
  ])('%s is refused', async (_title, body, code, message) => {
    const { code: actual, json } = await call(at.api, 'PATCH', '/api/v1/nodes/w-1', { body, type: STRATEGIC });
    expect(actual).toBe(code);
    expect(json.message).toContain(message);
  });

  it('R216: a cordon with its resourceVersion passes once and then conflicts', async () => {
    const { resourceVersion } = node()?.metadata ?? {};
    const body = { metadata: { resourceVersion, annotations: { owner: 'gm' } }, spec: { unschedulable: true } };
    const codes = [];
    for (let index = 0; index < 2; index += 1)
      codes.push((await call(at.api, 'PATCH', '/api/v1/nodes/w-1', { body, type: STRATEGIC })).code);
    expect(codes).toEqual([200, 409]);
    expect(node()?.spec).toMatchObject({ unschedulable: true });
  });

  it.each([
    [
      "a pod's node",
      '/api/v1/namespaces/default/pods/web-0',
      { spec: { nodeName: 'w-2' } },
      422,
      'pod updates may not change fields',
    ],
    [
      'a selector',
      `${DEPLOYMENTS}/web`,
      { spec: { selector: { matchLabels: { app: 'x' } } } },
      422,
      'field is immutable',
    ],
  ])('%s may not change', async (_title, path, body, code, message) => {
    addPod(at.cluster, 'web-0');
    await create(deployment('web'));
    const { code: actual, json } = await call(at.api, 'PATCH', path, { body, type: MERGE });
    expect(actual).toBe(code);
    expect(json.message).toContain(message);
  });

  it('an unknown patch type is 415, and so is a patch without a type', async () => {
    expect((await call(at.api, 'PATCH', '/api/v1/nodes/w-1', { body: {}, type: 'text/plain' })).code).toBe(415);
    const response = await fetch(`${at.api.vip}/api/v1/nodes/w-1`, {
      method: 'PATCH',
      body: Buffer.from('{"spec":{}}'),
    });
    expect(response.status).toBe(415);
  });
});
