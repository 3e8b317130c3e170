import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteObject } from '../../../src/simulation/kubernetes-api/deletion.ts';
import { call, MERGE } from './call.ts';
import { addPod, type PodShape, type Served, served } from './hand-made-cluster.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const POD = '/api/v1/namespaces/default/pods/web-0';
const remove = (path: string, body: unknown = {}, query = '') => call(at.api, 'DELETE', `${path}${query}`, { body });
const pod = () => at.cluster.store.get('pods', 'default', 'web-0');
const configMap = (name: string, more: object = {}, namespace = 'default') =>
  at.cluster.store.create('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...more },
  });

describe('deleting a pod', () => {
  it('a running one is marked for its grace, and stays until its kubelet removes it', async () => {
    addPod(at.cluster, 'web-0');
    const { code, json } = await remove(POD);
    expect(code).toBe(200);
    expect(json.metadata).toMatchObject({ deletionTimestamp: '2026-11-21T12:00:30Z', deletionGracePeriodSeconds: 30 });
    const again = pod()?.metadata.resourceVersion;
    await remove(POD);
    expect(pod()?.metadata.resourceVersion).toBe(again);
    deleteObject(at.cluster, 'pods', 'default', 'web-0', { gracePeriodSeconds: 0 });
    expect(pod()).toBeUndefined();
  });

  const atOnce: [string, PodShape, object, string][] = [
    ['grace 0 in the body', {}, { gracePeriodSeconds: 0 }, ''],
    ['grace 0 in the query', {}, {}, '?gracePeriodSeconds=0'],
    ['one without a node', { node: '', phase: 'Pending' }, {}, ''],
    ['one that is finished', { phase: 'Succeeded' }, {}, ''],
  ];
  it.each(atOnce)('%s goes at once', async (_title, shape, body, query) => {
    addPod(at.cluster, 'web-0', shape);
    expect((await remove(POD, body, query)).json.kind).toBe('Pod');
    expect(pod()).toBeUndefined();
  });

  it('a shorter grace shortens the one under way', async () => {
    addPod(at.cluster, 'web-0');
    await remove(POD);
    await remove(POD, { gracePeriodSeconds: 5 });
    expect(pod()?.metadata).toMatchObject({ deletionTimestamp: '2026-11-21T12:00:05Z', deletionGracePeriodSeconds: 5 });
  });

  it('finalizers hold it until the last is taken', async () => {
    addPod(at.cluster, 'web-0', { finalizers: ['x/y'] });
    await remove(POD, { gracePeriodSeconds: 0 });
    expect(pod()?.metadata.deletionTimestamp).toBe('2026-11-21T12:00:00Z');
    await call(at.api, 'PATCH', POD, { body: { metadata: { finalizers: null } }, type: MERGE });
    expect(pod()).toBeUndefined();
  });

  it.each([
    [{ preconditions: { uid: 'other' } }, 409, 'the UID in the precondition (other)'],
    [{ preconditions: { resourceVersion: '1' } }, 409, 'the ResourceVersion in the precondition (1)'],
    [{ propagationPolicy: 'Sideways' }, 400, 'propagationPolicy'],
  ])('%j is %i', async (body, code, message) => {
    addPod(at.cluster, 'web-0');
    const answer = await remove(POD, body);
    expect(answer.code).toBe(code);
    expect(answer.json.message).toContain(message);
    expect(pod()?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('protobuf DeleteOptions, as kubectl drain --disable-eviction sends them, are read', async () => {
    addPod(at.cluster, 'web-0');
    const meta = Buffer.concat([
      Buffer.from([10, 2]),
      Buffer.from('v1'),
      Buffer.from([18, 13]),
      Buffer.from('DeleteOptions'),
    ]);
    const options = Buffer.from([8, 7]);
    const body = Buffer.concat([
      Buffer.from('k8s\0'),
      Buffer.from([10, meta.length]),
      meta,
      Buffer.from([18, options.length]),
      options,
    ]);
    const headers = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };
    const response = await fetch(`${at.api.vip}${POD}`, { method: 'DELETE', headers, body });
    expect(response.status).toBe(200);
    expect(pod()?.metadata.deletionGracePeriodSeconds).toBe(7);
  });
});

describe('deleting the rest', () => {
  it('answers a Status with what went, 404 the second time', async () => {
    const { uid } = configMap('c').metadata;
    const path = '/api/v1/namespaces/default/configmaps/c';
    expect((await remove(path)).json).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'c', kind: 'configmaps', uid },
    });
    const { code, json } = await remove(path);
    expect({ code, json }).toEqual({
      code: 404,
      json: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'configmaps "c" not found',
        reason: 'NotFound',
        details: { name: 'c', kind: 'configmaps' },
        code: 404,
      },
    });
  });

  it('a collection by selector', async () => {
    configMap('a', { labels: { x: '1' } });
    configMap('b');
    const { json } = await remove('/api/v1/namespaces/default/configmaps', {}, '?labelSelector=x');
    expect(json).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }] });
    expect(at.cluster.store.list('configmaps').map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('in the foreground waits for the dependents; orphaning lets them be', async () => {
    for (const policy of ['Foreground', 'Orphan']) {
      const owner = configMap('owner');
      const { uid } = owner.metadata;
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
      configMap('child', { ownerReferences, finalizers: ['x/hold'] });
      const answer = await remove('/api/v1/namespaces/default/configmaps/owner', { propagationPolicy: policy });
      const get = (name: string) => at.cluster.store.get('configmaps', 'default', name);
      if (policy === 'Foreground') {
        expect(answer.code).toBe(202);
        expect(get('owner')?.metadata.finalizers).toEqual(['foregroundDeletion']);
        expect(get('child')?.metadata.deletionTimestamp).toBeDefined();
        const path = '/api/v1/namespaces/default/configmaps/child';
        await call(at.api, 'PATCH', path, { body: { metadata: { finalizers: null } }, type: MERGE });
        expect([get('owner'), get('child')]).toEqual([undefined, undefined]);
      } else {
        expect(get('owner')).toBeUndefined();
        expect(get('child')?.metadata).toMatchObject({ ownerReferences: [] });
      }
    }
  });

  it('a namespace ends when all it held is gone', async () => {
    at.cluster.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    configMap('c', {}, 'n');
    addPod(at.cluster, 'web-0', { namespace: 'n' });
    const { json } = await remove('/api/v1/namespaces/n');
    expect(json).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    expect(at.cluster.store.list('configmaps', 'n')).toEqual([]);
    expect(at.cluster.store.get('namespaces', undefined, 'n')).toBeDefined();
    at.cluster.store.remove('pods', 'n', 'web-0');
    expect(at.cluster.store.get('namespaces', undefined, 'n')).toBeUndefined();
  });

  it('a dry run keeps it', async () => {
    configMap('c');
    await remove('/api/v1/namespaces/default/configmaps/c', {}, '?dryRun=All');
    expect(at.cluster.store.get('configmaps', 'default', 'c')).toBeDefined();
  });
});
