import { describe, expect, it, test } from 'vitest';
import { type Authorization, mintAuthorization } from '../../../src/model/authorization.ts';
import type { EffectKind } from '../../../src/model/effect.ts';
import type { WorkloadWriter } from '../../../src/ports/workloads.ts';
import { connect, never } from '../cluster-fixture.ts';
import { loopback } from '../loopback.ts';
import { authorization, grounds, stillWorld, WEB } from './object-world.ts';

const TAINT = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };

describe('nodes', () => {
  it('are labelled and unlabelled, once', async () => {
    const world = await stillWorld();
    const change = { node: 'w-1', labels: { zone: 'a', 'kubernetes.io/role': 'x' }, annotations: { note: 'b' } };
    expect(await world.writer.labelNode(authorization, change, never())).toEqual({ kind: 'changed' });
    expect(await world.writer.labelNode(authorization, change, never())).toEqual({ kind: 'unchanged' });
    const gone = { node: 'w-1', labels: { zone: null }, annotations: { note: null } };
    await world.writer.labelNode(authorization, gone, never());
    const { labels, annotations } = (await world.read('/api/v1/nodes/w-1')).metadata as Record<string, object>;
    expect(labels).toEqual({ 'kubernetes.io/hostname': 'w-1', 'kubernetes.io/role': 'x' });
    expect(annotations ?? {}).toEqual({});
  });

  it('are tainted beside what is there; the cordon’s taint and records are nobody’s to change', async () => {
    const world = await stillWorld();
    await world.patchAs('kubectl', '/api/v1/nodes/w-1', { spec: { taints: [{ key: 'theirs', effect: 'NoExecute' }] } });
    const taints = async (): Promise<unknown> =>
      ((await world.read('/api/v1/nodes/w-1')) as { spec: { taints: unknown } }).spec.taints;
    const taint = (add: (typeof TAINT)[], remove: (typeof TAINT)[]) =>
      world.writer.taintNode(authorization, { node: 'w-1', add, remove }, never());
    expect(await taint([TAINT], [])).toEqual({ kind: 'changed' });
    expect(await taint([TAINT], [])).toEqual({ kind: 'unchanged' });
    expect(await taints()).toEqual([{ key: 'theirs', effect: 'NoExecute' }, TAINT]);
    await taint([{ ...TAINT, value: 'no' }], []);
    expect(await taints()).toEqual([
      { key: 'theirs', effect: 'NoExecute' },
      { ...TAINT, value: 'no' },
    ]);
    await taint([], [TAINT]);
    expect(await taints()).toEqual([{ key: 'theirs', effect: 'NoExecute' }]);
    const kept = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };
    await expect(taint([kept], [])).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const own = { node: 'w-1', labels: {}, annotations: { 'containers-gm/cordoned-by': null } };
    await expect(async () => world.writer.labelNode(authorization, own, never())).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });

  it('are deleted by uid, never another one of the same name', async () => {
    const world = await stillWorld();
    const uid = world.cluster.store.get('nodes', undefined, 'w-2')?.metadata.uid ?? '';
    expect(await world.writer.deleteNode(authorization, { name: 'w-2', uid: 'another' }, never())).toBe('kept');
    expect(await world.writer.deleteNode(authorization, { name: 'w-2', uid }, never())).toBe('deleted');
    expect(await world.writer.deleteNode(authorization, { name: 'w-2', uid }, never())).toBe('gone');
  });

  it('look again when somebody writes in between', async () => {
    const world = await stillWorld();
    let interfered = 0;
    const stop = world.cluster.store.onEvent(() => {
      interfered += 1;
    });
    const changes = await Promise.all([
      world.writer.labelNode(authorization, { node: 'w-1', labels: { a: '1' }, annotations: {} }, never()),
      world.writer.labelNode(authorization, { node: 'w-1', labels: { b: '2' }, annotations: {} }, never()),
    ]);
    stop();
    expect(changes).toEqual([{ kind: 'changed' }, { kind: 'changed' }]);
    expect(interfered).toBe(2);
    expect((await world.read('/api/v1/nodes/w-1')).metadata).toMatchObject({ labels: { a: '1', b: '2' } });
  });
});

describe('what the API server refuses for good', () => {
  it('is told, and not asked again', async () => {
    const world = await stillWorld();
    const refused = { code: 'INPUT_INVALID', message: expect.stringContaining('namespace A_b is refused') };
    await expect(
      world.writer.createNamespace(authorization, { name: 'A_b', labels: {} }, never()),
    ).rejects.toMatchObject(refused);
  });
});

describe('R196 R318: namespaces', () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  it('are created only if absent, and one that goes is told', async () => {
    const world = await stillWorld();
    const create = () => world.writer.createNamespace(authorization, { name: 'n8n', labels }, never());
    expect(await create()).toBe('created');
    world.cluster.store.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'n8n' },
      spec: { hard: { pods: '5' } },
      status: { hard: { pods: '5' }, used: { pods: '2' } },
    });
    world.cluster.store.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'scoped', namespace: 'n8n' },
      spec: { hard: { pods: '0' }, scopes: ['BestEffort'] },
    });
    expect(await create()).toBe('exists');
    const found = (await world.reader.namespaces(never())).find(({ name }) => name === 'n8n');
    expect(found).toMatchObject({
      labels,
      isTerminating: false,
      quotas: [{ name: 'q', hard: { pods: '5' }, used: { pods: '2' } }],
    });
    const namespace = world.cluster.store.get('namespaces', undefined, 'n8n');
    if (namespace === undefined) throw new Error('no namespace');
    const metadata = { ...namespace.metadata, deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['hold'] };
    world.cluster.store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'n8n', finalizers: ['hold'] },
    });
    world.cluster.store.replace('namespaces', { ...namespace, metadata });
    expect(await create()).toBe('terminating');
  });
});

type Write = (writer: WorkloadWriter, right: Authorization) => Promise<unknown>;
const writes: [EffectKind, Write][] = [
  ['create_namespace', (writer, right) => writer.createNamespace(right, { name: 'a', labels: {} }, never())],
  [
    'apply_objects',
    (writer, right) => writer.apply(right, { namespace: 'a', objects: [], keepPrior: async () => {} }, never()),
  ],
  ['restore_objects', (writer, right) => writer.restore(right, [], never())],
  ['scale_workload', (writer, right) => writer.scale(right, { ref: WEB, replicas: 1 }, never())],
  ['restart_workload', (writer, right) => writer.restart(right, { ref: WEB, at: 'now' }, never())],
  ['rollback_workload', (writer, right) => writer.rollBack(right, { ref: WEB, revision: 'a' }, never())],
  ['delete_objects', (writer, right) => writer.deleteObjects(right, [], never())],
  ['label_node', (writer, right) => writer.labelNode(right, { node: 'a', labels: {}, annotations: {} }, never())],
  ['taint_node', (writer, right) => writer.taintNode(right, { node: 'a', add: [], remove: [] }, never())],
  ['delete_node', (writer, right) => writer.deleteNode(right, { name: 'a', uid: 'u' }, never())],
];

describe('SAFETY 2: the right to an effect is asked for where it happens', () => {
  test('of every effect on workloads', () => {
    expect(writes.map(([kind]) => kind).toSorted()).toEqual([...grounds.effects].toSorted());
  });

  test.each(writes)(
    '%s sends nothing in mode observe, nor without the right to exactly it, here',
    async (effect, write) => {
      const server = await loopback((_request, response) => response.end());
      const observing = await connect({ servers: [server.url], mode: 'observe' });
      const refused = { code: 'AUTHORITY_REFUSED' };
      await expect(write(observing.workloads.writer, authorization)).rejects.toMatchObject(refused);
      const { workloads } = await connect({ servers: [server.url] });
      const others = mintAuthorization({ ...grounds, effects: grounds.effects.filter(other => other !== effect) });
      const elsewhere = mintAuthorization({ ...grounds, cluster: 'production' });
      for (const right of [others, elsewhere])
        await expect(write(workloads.writer, right)).rejects.toMatchObject(refused);
      expect(server.sockets).toHaveLength(0);
    },
  );

  test.each(['..', '.', 'a/b', 'a%2fb', 'a?b', ''])('no name walks to another path: %j', async name => {
    const world = await stillWorld();
    const before = world.cluster.ledger.requests;
    await expect(async () => world.writer.deleteNode(authorization, { name, uid: 'u' }, never())).rejects.toMatchObject(
      { code: 'INPUT_INVALID' },
    );
    await expect(async () =>
      world.writer.createNamespace(authorization, { name, labels: {} }, never()),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(world.cluster.ledger.requests).toBe(before);
  });
});
