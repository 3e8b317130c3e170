import { describe, expect, it } from 'vitest';
import { never } from '../cluster-fixture.ts';
import { apply, authorization, configMap, objects, stillWorld, WEB_PATH, web } from './object-world.ts';

const CONFIG_PATH = '/api/v1/namespaces/default/configmaps/settings';
const managersOf = (object: Record<string, unknown>): string[] =>
  (object.metadata as { managedFields: { manager: string; operation: string }[] }).managedFields.map(
    ({ manager, operation }) => `${manager} ${operation}`,
  );

describe('R174 R318: server-side apply', () => {
  it('creates what is missing, changes what differs, leaves what does not, as containers-gm', async () => {
    const world = await stillWorld();
    const kinds = async (...bodies: Record<string, unknown>[]) =>
      (await apply(world, ...bodies)).outcomes.map(outcome =>
        outcome.kind === 'applied' ? outcome.change : outcome.kind,
      );
    expect(await kinds(configMap({ a: '1' }), web('web:1'))).toEqual(['created', 'created']);
    expect(await kinds(configMap({ a: '1' }), web('web:2'))).toEqual(['unchanged', 'changed']);
    expect(managersOf(await world.read(WEB_PATH))).toEqual(['containers-gm Apply']);
  });

  it('R319: applies Services, Ingresses, NetworkPolicies and RBAC, each where discovery says', async () => {
    const world = await stillWorld();
    const bodies = [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web' }, spec: { rules: [] } },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny' },
        spec: { podSelector: {} },
      },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'web' }, rules: [] },
    ];
    const { outcomes } = await apply(world, ...bodies);
    expect(outcomes.map(({ kind, ref }) => `${kind} ${ref.namespace ?? 'cluster'}`)).toEqual([
      'applied default',
      'applied default',
      'applied default',
      'applied cluster',
    ]);
  });

  it('never takes a field from somebody else: a conflict, with their names and the fields', async () => {
    const world = await stillWorld();
    await apply(world, web('web:1', { replicas: 2 }));
    await world.patchAs('scaler', WEB_PATH, { spec: { replicas: 9 } });
    const { outcomes } = await apply(world, web('web:2', { replicas: 2 }), configMap({ a: '1' }));
    expect(outcomes).toEqual([
      expect.objectContaining({ kind: 'conflict', managers: ['scaler'], fields: ['.spec.replicas'] }),
      expect.objectContaining({ kind: 'not_tried', why: 'Deployment default/web before it was not applied' }),
    ]);
    const live = await world.read(WEB_PATH);
    expect(live).toMatchObject({ spec: { replicas: 9 } });
    expect(JSON.stringify(live)).not.toContain('web:2');
  });

  it('takes back what we set ourselves by another call, and still nothing of anybody else', async () => {
    const world = await stillWorld();
    await apply(world, web('web:1', { replicas: 2 }));
    const { ref } = objects({ ...web(''), metadata: { name: 'web', namespace: 'default' } })[0] ?? {};
    if (ref === undefined) throw new Error('no object');
    await world.writer.scale(authorization, { ref, replicas: 5 }, never());
    const { outcomes } = await apply(world, web('web:1', { replicas: 3 }));
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'applied', change: 'changed' })]);
    await world.writer.scale(authorization, { ref, replicas: 5 }, never());
    await world.patchAs('kubectl', WEB_PATH, { spec: { paused: true } });
    const mixed = await apply(world, web('web:1', { replicas: 3, paused: false }));
    expect(mixed.outcomes).toEqual([expect.objectContaining({ kind: 'conflict' })]);
    expect(await world.read(WEB_PATH)).toMatchObject({ spec: { replicas: 5, paused: true } });
  });

  it.each([
    [
      'Argo CD’s tracking id',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:v1/ConfigMap:default/settings' } },
      'argocd',
      'shop',
    ],
    ['Argo CD’s label', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'argocd', 'shop'],
    ['Flux’ Kustomization', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'flux', 'apps'],
    ['Flux’ HelmRelease', { labels: { 'helm.toolkit.fluxcd.io/name': 'web' } }, 'flux', 'web'],
  ])(
    'R101: touches nothing when %s keeps one of the objects, and hands the patch back',
    async (_title, metadata, by, name) => {
      const world = await stillWorld();
      world.cluster.store.create('configmaps', {
        ...configMap({ a: '1', b: '2' }),
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace: 'default', ...metadata },
      });
      const { outcomes, prior } = await apply(world, web('web:1'), configMap({ a: '1', b: '3' }));
      expect(outcomes).toEqual([
        expect.objectContaining({ kind: 'not_tried' }),
        expect.objectContaining({
          kind: 'gitops',
          owner: expect.objectContaining({ by, name }),
          patch: { data: { b: '3' } },
        }),
      ]);
      expect(prior).toEqual([]);
      expect(world.cluster.store.get('deployments.apps', 'default', 'web')).toBeUndefined();
    },
  );

  it('Helm’s own label is no sign of a GitOps controller', async () => {
    const world = await stillWorld();
    const metadata = { name: 'settings', namespace: 'default', labels: { 'app.kubernetes.io/instance': 'web' } };
    world.cluster.store.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} });
    const { outcomes } = await apply(world, configMap({ a: '1' }));
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'applied' })]);
  });

  it('sends nothing before what was there is kept, and nothing at all when that fails', async () => {
    const world = await stillWorld();
    const before = world.cluster.store.resourceVersion;
    const wanted = {
      namespace: 'default',
      objects: objects(configMap({ a: '1' })),
      keepPrior: () => Promise.reject(new Error('disk full')),
    };
    await expect(world.writer.apply(authorization, wanted, never())).rejects.toThrow('disk full');
    expect(world.cluster.store.resourceVersion).toBe(before);
  });

  it('asks the fence before each request that changes something', async () => {
    const world = await stillWorld();
    let asked = 0;
    const wanted = {
      namespace: 'default',
      objects: objects(configMap({ a: '1' }), web('web:1')),
      keepPrior: async () => {},
    };
    const fence = async (): Promise<void> => {
      asked += 1;
      if (asked > 1) throw new Error('the Lease is somebody else’s');
    };
    await expect(world.writer.apply(authorization, wanted, never(), fence)).rejects.toThrow('Lease');
    expect(world.cluster.store.get('configmaps', 'default', 'settings')).toBeDefined();
    expect(world.cluster.store.get('deployments.apps', 'default', 'web')).toBeUndefined();
  });

  it('never shows a secret: not in an outcome, a fact, an error or a log', async () => {
    const world = await stillWorld();
    const VALUE = 'aHVudGVyMg-hunter2';
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: VALUE } };
    const { outcomes } = await apply(world, secret);
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 'db' };
    const facts = await world.reader.object(ref, never());
    expect(facts?.body).toMatchObject({ kind: 'Secret' });
    const tracked = { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:v1/Secret:default/db' } } };
    await world.patchAs('argocd-controller', '/api/v1/namespaces/default/secrets/db', tracked);
    const kept = await apply(world, { ...secret, data: { password: `${VALUE}2` } });
    expect(kept.outcomes).toEqual([expect.objectContaining({ kind: 'gitops', patch: undefined })]);
    expect(JSON.stringify([outcomes, facts, kept.outcomes, world.lines])).not.toContain('hunter2');
  });
});

describe('restoring', () => {
  it('R175: gives back what we had applied, and takes away what was not there', async () => {
    const world = await stillWorld();
    await apply(world, web('web:1', { replicas: 2 }), configMap({ a: '1', b: '2' }));
    const { prior } = await apply(
      world,
      web('web:2', { replicas: 3, minReadySeconds: 5 }),
      configMap({ a: '9', c: '3' }),
      configMap({}, 'new'),
    );
    const restored = await world.writer.restore(authorization, prior, never());
    expect(restored.map(({ kind, ref }) => `${kind} ${ref.name}`)).toEqual([
      'deleted new',
      'restored settings',
      'restored web',
    ]);
    expect(await world.read(WEB_PATH)).toMatchObject({
      spec: { replicas: 2, template: { spec: { containers: [{ image: 'web:1' }] } } },
    });
    expect((await world.read(WEB_PATH)).spec).not.toHaveProperty('minReadySeconds');
    expect((await world.read(CONFIG_PATH)).data).toEqual({ a: '1', b: '2' });
    expect(await world.writer.restore(authorization, prior, never())).toEqual([
      expect.objectContaining({ kind: 'gone' }),
      expect.objectContaining({ kind: 'restored' }),
      expect.objectContaining({ kind: 'restored' }),
    ]);
  });

  it('gives up what we added to somebody else’s object, and leaves theirs', async () => {
    const world = await stillWorld();
    world.cluster.store.create('configmaps', {
      ...configMap({ theirs: '1' }),
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
    });
    await world.patchAs('kubectl', CONFIG_PATH, { data: { theirs: '2' } });
    const { prior } = await apply(world, configMap({ ours: '1' }));
    expect((await world.read(CONFIG_PATH)).data).toEqual({ theirs: '2', ours: '1' });
    await world.writer.restore(authorization, prior, never());
    expect((await world.read(CONFIG_PATH)).data).toEqual({ theirs: '2' });
  });

  it('leaves what data would go with, and what somebody else has part in by now', async () => {
    const world = await stillWorld();
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} };
    const { prior } = await apply(world, claim, configMap({ a: '1' }));
    await world.patchAs('kubectl', CONFIG_PATH, { data: { theirs: '2' } });
    const restored = await world.writer.restore(authorization, prior, never());
    expect(restored.map(({ kind, ref }) => `${kind} ${ref.kind}`)).toEqual([
      'kept ConfigMap',
      'left PersistentVolumeClaim',
    ]);
    expect(world.cluster.store.get('persistentvolumeclaims', 'default', 'data')).toBeDefined();
  });
});

describe('deleting objects', () => {
  it('takes only ours, only with their uid', async () => {
    const world = await stillWorld();
    const { outcomes } = await apply(world, configMap({}, 'a'), configMap({}, 'b'));
    world.cluster.store.create('configmaps', {
      ...configMap({}),
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theirs', namespace: 'default' },
    });
    const [a, b] = outcomes.flatMap(outcome => (outcome.kind === 'applied' ? outcome : []));
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'theirs' };
    const uid = world.cluster.store.get('configmaps', 'default', 'theirs')?.metadata.uid ?? '';
    const namespace = { apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: 'default' };
    if (!a || !b) throw new Error('not applied');
    const deleted = await world.writer.deleteObjects(
      authorization,
      [a, { ref: b.ref, uid: 'another' }, { ref: theirs, uid }, { ref: namespace, uid: 'u' }],
      never(),
    );
    expect(deleted.map(({ kind }) => kind)).toEqual(['deleted', 'gone', 'kept', 'kept']);
    expect(world.cluster.store.list('configmaps', 'default').map(({ metadata }) => metadata.name)).toEqual([
      'b',
      'theirs',
    ]);
  });
});
