import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, MERGE } from './call.ts';
import { addPod, type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const SCALE = '/apis/apps/v1/namespaces/default/deployments/web/scale';

function addDeployment() {
  return at.cluster.store.create('deployments.apps', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
    status: { replicas: 2 },
  });
}

describe('scale', () => {
  it('reads and writes the replica count, and nothing else', async () => {
    addDeployment();
    const before = await call(at.api, 'GET', SCALE);
    expect(before.json).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { replicas: 2, selector: 'app=web' },
    });
    expect((await call(at.api, 'PATCH', SCALE, { body: { spec: { replicas: 5 } }, type: MERGE })).json).toMatchObject({
      spec: { replicas: 5 },
    });
    expect((await call(at.api, 'PUT', SCALE, { body: before.json })).code).toBe(409);
    expect((await call(at.api, 'PATCH', SCALE, { body: { spec: { replicas: -1 } }, type: MERGE })).code).toBe(422);
    expect(at.cluster.store.get('deployments.apps', 'default', 'web')).toMatchObject({
      spec: { replicas: 5 },
      metadata: { generation: 2 },
    });
  });
});

describe('binding', () => {
  const bind = (target: unknown) =>
    call(at.api, 'POST', '/api/v1/namespaces/default/pods/web-0/binding', {
      body: { metadata: { name: 'web-0' }, target },
    });

  it('binds a pod once', async () => {
    addPod(at.cluster, 'web-0', { node: '', phase: 'Pending', ready: false });
    expect((await bind({ kind: 'Node', name: 'w-2' })).code).toBe(201);
    expect(at.cluster.store.get('pods', 'default', 'web-0')?.spec).toMatchObject({ nodeName: 'w-2' });
    const again = await bind({ kind: 'Node', name: 'w-1' });
    expect([again.code, again.json.message]).toEqual([409, expect.stringContaining('already assigned to node "w-2"')]);
    expect((await bind({})).code).toBe(422);
  });
});

describe('log', () => {
  const log = (query = '') => call(at.api, 'GET', `/api/v1/namespaces/default/pods/web-0/log${query}`);

  it("is made from the container's state, and cut as asked", async () => {
    addPod(at.cluster, 'web-0');
    const { text, headers } = await log();
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text.split('\n')[0]).toBe('simulated: c started');
    expect((await log('?tailLines=2')).text.trim().split('\n')).toHaveLength(2);
    expect((await log('?tailLines=1&timestamps=true')).text).toMatch(/^2026-11-21T12:00:00\.000Z simulated/);
    expect((await log('?sinceSeconds=10')).text.trim().split('\n')).toHaveLength(1);
    expect((await log('?limitBytes=9')).text).toBe('simulated');
  });

  it.each([
    ['?container=x', 'container x is not valid for pod web-0'],
    ['?previous=true', 'previous terminated container "c" in pod "web-0" not found'],
  ])('%s is 400', async (query, message) => {
    addPod(at.cluster, 'web-0');
    const { code, json } = await log(query);
    expect([code, json.message]).toEqual([400, message]);
  });

  it('a followed log ends with its pod', async () => {
    addPod(at.cluster, 'web-0');
    const path = '/api/v1/namespaces/default/pods/web-0/log?follow=true&tailLines=1';
    const following = await fetch(`${at.api.vip}${path}`);
    at.cluster.store.remove('pods', 'default', 'web-0');
    expect(await following.text()).toContain('simulated');
  });
});

describe('reviews', () => {
  const REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const text = (field: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([field * 8 + 2, value.length]), Buffer.from(value)]);
  const message = (field: number, ...parts: Buffer[]): Buffer => {
    const whole = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([field * 8 + 2, whole.length]), whole]);
  };

  it('everything is allowed, asked in JSON or in protobuf as kubectl does', async () => {
    const body = { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } };
    const { code, json } = await call(at.api, 'POST', REVIEW, { body });
    expect([code, json.status]).toMatchObject([201, { allowed: true }]);
    const meta = message(1, text(1, 'authorization.k8s.io/v1'), text(2, 'SelfSubjectAccessReview'));
    const raw = message(2, message(2, message(1, text(2, 'delete'), text(5, 'nodes'))));
    const bytes = Buffer.concat([Buffer.from('k8s\0'), meta, raw]);
    const response = await fetch(`${at.api.vip}${REVIEW}`, {
      method: 'POST',
      body: bytes,
      headers: { 'Content-Type': 'application/vnd.kubernetes.protobuf' },
    });
    expect(await response.json()).toMatchObject({ spec: body.spec, status: { allowed: true } });
  });

  it('texts sent empty in protobuf count as left out', async () => {
    const metadata = message(1, text(1, 'other'), text(2, ''), text(3, ''), message(11, text(1, 'a'), text(2, '')));
    const envelope = message(1, text(1, 'v1'), text(2, 'Namespace'));
    const bytes = Buffer.concat([Buffer.from('k8s\0'), envelope, message(2, metadata)]);
    const headers = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };
    await fetch(`${at.api.vip}/api/v1/namespaces`, { method: 'POST', body: bytes, headers });
    expect(at.cluster.store.get('namespaces', undefined, 'other')?.metadata.labels).toEqual({
      a: '',
      'kubernetes.io/metadata.name': 'other',
    });
  });

  it('damaged protobuf is 400, a kind that is not known 501', async () => {
    const send = async (bytes: Buffer) =>
      (
        await fetch(`${at.api.vip}${REVIEW}`, {
          method: 'POST',
          body: bytes,
          headers: { 'Content-Type': 'application/vnd.kubernetes.protobuf' },
        })
      ).status;
    expect(await send(Buffer.from('k8s\0\x0a\xff\xff\xff\xff', 'latin1'))).toBe(400);
    expect(await send(Buffer.concat([Buffer.from('k8s\0'), message(1, text(1, 'v1'), text(2, 'Pod'))]))).toBe(501);
  });
});

describe('metrics', () => {
  it('nodes use more than their pods together; a node that is not Ready and a pod not running have none', async () => {
    addPod(at.cluster, 'web-0');
    addPod(at.cluster, 'web-1', { phase: 'Pending', node: '', ready: false });
    const node = at.cluster.store.get('nodes', undefined, 'w-2');
    if (node === undefined) throw new Error('no node');
    at.cluster.store.replace('nodes', { ...node, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
    const nodes = await call(at.api, 'GET', '/apis/metrics.k8s.io/v1beta1/nodes');
    expect(nodes.json.kind).toBe('NodeMetricsList');
    expect(JSON.stringify(nodes.json)).not.toContain('w-2');
    const pods = await call(at.api, 'GET', '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods');
    expect(pods.json.items).toMatchObject([
      {
        metadata: { name: 'web-0' },
        containers: [{ name: 'c', usage: { cpu: expect.stringMatching(/^\d+m$/) as string } }],
      },
    ]);
    expect((await call(at.api, 'GET', '/apis/metrics.k8s.io/v1beta1/nodes/w-2')).code).toBe(404);
    expect((await call(at.api, 'GET', '/apis/metrics.k8s.io/v1beta1/nodes/w-1')).text).toBe(
      (await call(at.api, 'GET', '/apis/metrics.k8s.io/v1beta1/nodes/w-1')).text,
    );
  });
});
