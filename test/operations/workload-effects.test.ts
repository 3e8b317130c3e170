import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openManifests } from '../../src/division/manifests.ts';
import { openPrivateFiles } from '../../src/division/private-files.ts';
import { mintAuthorization } from '../../src/model/authorization.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { EffectOutcome } from '../../src/operations/effects/effect-performer.ts';
import { performEffect } from '../../src/operations/perform-effect.ts';
import type { ClusterWriters } from '../../src/ports.ts';
import { never } from '../kubernetes/cluster-fixture.ts';
import { grounds, type ObjectWorld, stillWorld, WEB_PATH, web } from '../kubernetes/objects/object-world.ts';

const MANY = [
  { ...web('web:1'), metadata: { name: 'web' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'hunter2' } },
];
const yaml = (...bodies: readonly object[]): string => bodies.map(body => JSON.stringify(body)).join('\n---\n');

async function scene() {
  const directory = mkdtempSync(join(tmpdir(), 'effects-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const world = await stillWorld();
  const { writer: kubernetes } = world.connection;
  const authorization = mintAuthorization({ ...grounds, effects: [...grounds.effects, 'hold_lease'] });
  const writers = {
    kubernetes,
    workloads: world.writer,
    manifests: openManifests(directory),
  } as unknown as ClusterWriters;
  const perform = (effect: Effect): Promise<EffectOutcome> =>
    performEffect(effect, { writers, authorization, operationId: 'op-1', signal: never() });
  const keep = (text: string): Promise<string> => openPrivateFiles(directory).keep(text);
  return { world, perform, keep };
}

const names = (
  world: ObjectWorld & {
    cluster: { store: { list(key: string, ns: string): readonly { metadata: { name: string } }[] } };
  },
  key: string,
): string[] => world.cluster.store.list(key, 'default').map(({ metadata }) => metadata.name);
const applyOf = (manifest_sha256: string): Effect => ({
  kind: 'apply_objects',
  cluster: 'staging',
  namespace: 'default',
  manifest_sha256,
  objects: [],
});
const restoreOf = (manifest_sha256: string): Effect => ({
  kind: 'restore_objects',
  cluster: 'staging',
  namespace: 'default',
  manifest_sha256,
});

describe('effects on workloads, through the real adapter', () => {
  it('R174 R175: a manifest is applied by its hash, again without change, and taken back', async () => {
    const { world, perform, keep } = await scene();
    const first = await keep(yaml(...MANY));
    expect(await perform(applyOf(first))).toEqual({ result: 'ok', detail: '2 created' });
    expect(await perform(applyOf(first))).toEqual({ result: 'ok', detail: '2 unchanged' });
    const second = await keep(yaml(web('web:2')));
    expect(await perform(applyOf(second))).toEqual({ result: 'ok', detail: '1 changed' });
    expect(await perform(restoreOf(second))).toEqual({ result: 'ok', detail: '1 restored' });
    expect(JSON.stringify(await world.read(WEB_PATH))).toContain('web:1');
    expect(await perform(restoreOf(first))).toEqual({ result: 'ok', detail: '2 deleted' });
    expect([names(world, 'secrets'), names(world, 'deployments.apps')]).toEqual([[], []]);
    expect(await perform(restoreOf(await keep('a')))).toMatchObject({
      result: 'ok',
      detail: expect.stringContaining('nothing'),
    });
  });

  it('a retry after a crash half way takes back to before the first try', async () => {
    const { world, perform, keep } = await scene();
    const first = await keep(yaml(web('web:1')));
    await perform(applyOf(first));
    const second = await keep(yaml(web('web:2')));
    await perform(applyOf(second));
    await perform(applyOf(second));
    await perform(restoreOf(second));
    expect(JSON.stringify(await world.read(WEB_PATH))).toContain('web:1');
  });

  it('a manifest that is gone, changed or no manifest fails without a word of it', async () => {
    const { perform, keep } = await scene();
    expect(await perform(applyOf('0'.repeat(64)))).toMatchObject({ result: 'failed', code: 'NOT_FOUND' });
    const broken = await perform(applyOf(await keep('kind: Secret\ndata: {a: hunter2, a: b}\n')));
    expect(broken).toMatchObject({
      result: 'failed',
      code: 'INPUT_INVALID',
      detail: 'line 2: a key stands twice in one mapping',
    });
  });

  it('a conflict, a refusal and what GitOps keeps are failures that name the object', async () => {
    const { world, perform, keep } = await scene();
    await perform(applyOf(await keep(yaml(web('web:1')))));
    await world.patchAs('scaler', WEB_PATH, { spec: { replicas: 9 } });
    expect(await perform(applyOf(await keep(yaml(web('web:2')))))).toEqual({
      result: 'failed',
      code: 'OPERATION_CONFLICT',
      detail: '1 conflict: Deployment default/web: scaler set .spec.replicas',
    });
    expect(
      await perform(applyOf(await keep(yaml({ ...web('web:2', { replicas: -1 }), metadata: { name: 'bad' } })))),
    ).toMatchObject({ code: 'INPUT_INVALID', detail: expect.stringContaining('spec.replicas') });
    await world.patchAs('argocd-controller', WEB_PATH, {
      metadata: { labels: { 'argocd.argoproj.io/instance': 'shop' } },
    });
    const workload = { api_version: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' };
    expect(await perform({ kind: 'scale_workload', cluster: 'staging', workload, replicas: 4 })).toMatchObject({
      result: 'failed',
      code: 'OPERATION_CONFLICT',
      detail: expect.stringContaining('argocd shop'),
    });
    const kept = await perform(applyOf(await keep(yaml(web('web:3')))));
    expect(kept).toMatchObject({
      result: 'failed',
      code: 'OPERATION_CONFLICT',
      detail: expect.stringContaining('argocd shop'),
    });
  });

  it('R318: a namespace is made when it is not there', async () => {
    const { perform } = await scene();
    const effect: Effect = { kind: 'create_namespace', cluster: 'staging', namespace: 'n8n', labels: {} };
    expect((await perform(effect)).detail).toBe('namespace n8n created');
    expect((await perform(effect)).detail).toBe('namespace n8n is there');
  });

  it('a node is deleted by uid; another of its name stays', async () => {
    const { world, perform } = await scene();
    const uid = world.cluster.store.get('nodes', undefined, 'w-2')?.metadata.uid ?? '';
    const effect = (given: string): Effect => ({ kind: 'delete_node', cluster: 'staging', node: 'w-2', uid: given });
    expect(await perform(effect('another'))).toMatchObject({ result: 'failed', code: 'STALE_PLAN' });
    expect(await perform(effect(uid))).toMatchObject({ result: 'ok' });
    expect(await perform(effect(uid))).toMatchObject({ result: 'ok', detail: 'node w-2 gone' });
  });
});
