import { describe, expect, it } from 'vitest';
import { appliedPart, isOnlyOurs } from '../../../src/kubernetes/objects/managed-fields.ts';
import { apply, configMap, stillWorld, WEB_PATH, web } from './object-world.ts';

const rich = web('web:1', {
  replicas: 2,
  template: {
    metadata: { labels: { app: 'web' }, annotations: { 'a.b/c': 'd' } },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'web:1',
          args: ['--a', '--b'],
          env: [
            { name: 'A', value: '1' },
            { name: 'B', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
          ],
          ports: [
            { containerPort: 80, protocol: 'TCP' },
            { containerPort: 80, protocol: 'UDP', name: 'dns' },
          ],
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
        { name: 'side', image: 'side:1' },
      ],
      volumes: [{ name: 'tmp', emptyDir: {} }],
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
    },
  },
});

describe('what we had applied', () => {
  it('is read from an object’s managed fields as it was sent, whatever others added', async () => {
    const world = await stillWorld();
    const sent = { ...rich, metadata: { name: 'web', labels: { tier: 'front' }, finalizers: ['example.com/a'] } };
    await apply(world, sent);
    await world.patchAs('kubectl', WEB_PATH, { spec: { minReadySeconds: 9 }, metadata: { labels: { theirs: 'x' } } });
    expect(appliedPart(await world.read(WEB_PATH))).toEqual({
      ...sent,
      metadata: { ...sent.metadata, namespace: 'default' },
    });
  });

  it('is nothing where we applied nothing', async () => {
    const world = await stillWorld();
    await apply(world, configMap({ a: '1' }));
    const live = await world.read('/api/v1/namespaces/default/configmaps/settings');
    const { managedFields: _none, ...metadata } = live.metadata as Record<string, unknown>;
    expect(appliedPart({ ...live, metadata })).toBeUndefined();
  });

  const entry = (manager: string, more: object = {}) => ({ manager, operation: 'Update', ...more });
  const ours = { manager: 'containers-gm', operation: 'Apply' };
  it.each<[string, object[], boolean]>([
    ['ours alone', [ours], true],
    ['ours, changed by our own calls', [ours, entry('containers-gm')], true],
    ['with what controllers add', [ours, entry('kube-controller-manager')], true],
    ['with somebody’s status', [ours, entry('operator', { subresource: 'status' })], true],
    ['with somebody’s fields', [ours, entry('kubectl-edit')], false],
    ['somebody else’s', [entry('kubectl')], false],
    ['changed by us, never applied', [entry('containers-gm')], false],
    ['nobody’s', [], false],
  ])('%s', (_title, managedFields, expected) => {
    expect(isOnlyOurs({ metadata: { managedFields } })).toBe(expected);
  });
});
