import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textAt } from '../../../src/decisions/manifest/json.ts';
import type { ObjectRef, RolloutFacts } from '../../../src/model/workload-facts.ts';
import { type RunningWorld, runningWorld } from '../../simulation/kubernetes-api/running-world.ts';
import { never } from '../cluster-fixture.ts';
import { apply, authorization, type ObjectWorld, WEB, web, worldOf } from './object-world.ts';

let running: RunningWorld;
beforeAll(async () => {
  running = await runningWorld({ seed: 3, speed: 60 });
});
afterAll(() => running.stop());

const settled = (world: ObjectWorld, ref: ObjectRef, state: RolloutFacts['state']): Promise<void> =>
  expect
    .poll(async () => (await world.reader.rollout(ref, never()))?.state, { timeout: 30_000, interval: 50 })
    .toBe(state);
const imageOf = async (world: ObjectWorld, ref: ObjectRef): Promise<unknown> => {
  const facts = await world.reader.object(ref, never());
  return textAt(facts?.body, 'spec', 'template', 'spec', 'containers', 0, 'image');
};
const named = (name: string, kind = 'Deployment'): ObjectRef => ({ ...WEB, kind, name });
const workload = (
  name: string,
  image: string,
  spec: Record<string, unknown> = { replicas: 2 },
  kind = 'Deployment',
) => {
  const body = web(image, spec) as { spec: { selector: unknown; template: { metadata: unknown; spec: object } } };
  const labels = { app: name };
  const template = { ...body.spec.template, metadata: { labels } };
  return {
    ...body,
    kind,
    metadata: { name },
    spec: { ...body.spec, ...spec, selector: { matchLabels: labels }, template },
  };
};

describe('rollouts on a world whose controllers run', { timeout: 60_000 }, () => {
  it('R175 R319: is watched to its end, and its Service has ready endpoints then', async () => {
    const world = await worldOf(running.api);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] },
    };
    await apply(world, service, workload('shop', 'shop:1'));
    expect(await world.reader.endpoints({ namespace: 'default', name: 'shop' }, never())).toMatchObject({ ready: 0 });
    await settled(world, named('shop'), 'done');
    expect(await world.reader.rollout(named('shop'), never())).toMatchObject({ desired: 2, updated: 2, available: 2 });
    expect(await world.reader.endpoints({ namespace: 'default', name: 'shop' }, never())).toEqual({
      ready: 2,
      notReady: 0,
    });
    expect(await world.reader.endpoints({ namespace: 'default', name: 'none' }, never())).toBeUndefined();
  });

  it('R175: one that can’t be scheduled is stuck after its progress deadline, and rolled back is done', async () => {
    const world = await worldOf(running.api);
    await apply(world, workload('stuck', 'stuck:1'));
    await settled(world, named('stuck'), 'done');
    const huge = { progressDeadlineSeconds: 60, replicas: 2 };
    const body = workload('stuck', 'stuck:2', huge);
    const [container] = (body.spec.template.spec as { containers: object[] }).containers;
    const spec = { containers: [{ ...container, resources: { requests: { cpu: '4000' } } }] };
    const { outcomes, prior } = await apply(world, {
      ...body,
      spec: { ...body.spec, template: { ...body.spec.template, spec } },
    });
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'applied' })]);
    await settled(world, named('stuck'), 'stuck');
    await world.writer.restore(authorization, prior, never());
    await settled(world, named('stuck'), 'done');
    expect(await imageOf(world, named('stuck'))).toBe('stuck:1');
  });

  it('R175: rolls a Deployment back as kubectl rollout undo does, once however often it is asked', async () => {
    const world = await worldOf(running.api);
    await apply(world, workload('undo', 'undo:1'));
    await settled(world, named('undo'), 'done');
    await apply(world, workload('undo', 'undo:2'));
    await settled(world, named('undo'), 'done');
    const revisions = await world.reader.revisions(named('undo'), never());
    expect(revisions.map(({ images, isCurrent, revision }) => [images[0], isCurrent, revision])).toEqual([
      ['undo:2', true, 2],
      ['undo:1', false, 1],
    ]);
    const rollback = { ref: named('undo'), revision: revisions[1]?.name ?? '' };
    expect(await world.writer.rollBack(authorization, rollback, never())).toEqual({ kind: 'changed' });
    expect(await imageOf(world, named('undo'))).toBe('undo:1');
    await settled(world, named('undo'), 'done');
    expect(await world.writer.rollBack(authorization, rollback, never())).toEqual({ kind: 'unchanged' });
    const { outcomes } = await apply(world, workload('undo', 'undo:3'));
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'applied' })]);
    expect(await world.writer.rollBack(authorization, { ...rollback, revision: 'undo-none' }, never())).toMatchObject({
      kind: 'refused',
    });
  });

  it.each(['StatefulSet', 'DaemonSet'])('rolls a %s back by its ControllerRevisions', async kind => {
    const world = await worldOf(running.api);
    const ref = named(`set-${kind.toLowerCase()}`, kind);
    const spec = kind === 'StatefulSet' ? { replicas: 1, serviceName: 'x' } : {};
    await apply(world, workload(ref.name, 'set:1', spec, kind));
    await settled(world, ref, 'done');
    await apply(world, workload(ref.name, 'set:2', spec, kind));
    await expect.poll(async () => (await world.reader.revisions(ref, never())).length, { timeout: 10_000 }).toBe(2);
    await settled(world, ref, 'done');
    const [current, former] = await world.reader.revisions(ref, never());
    expect([current?.isCurrent, current?.images, former?.images]).toEqual([true, ['set:2'], ['set:1']]);
    const rollback = { ref, revision: former?.name ?? '' };
    expect(await world.writer.rollBack(authorization, rollback, never())).toEqual({ kind: 'changed' });
    await settled(world, ref, 'done');
    expect(await imageOf(world, ref)).toBe('set:1');
    expect(await world.writer.rollBack(authorization, rollback, never())).toEqual({ kind: 'unchanged' });
  });

  it('restarts once for one time, with new pods', async () => {
    const world = await worldOf(running.api);
    await apply(world, workload('again', 'again:1', { replicas: 1 }));
    await settled(world, named('again'), 'done');
    const pods = () =>
      world.reader.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'default', labels: { app: 'again' } }, never());
    const [before] = await pods();
    const restart = { ref: named('again'), at: '2026-11-22T10:00:00Z' };
    expect(await world.writer.restart(authorization, restart, never())).toEqual({ kind: 'changed' });
    expect(await world.writer.restart(authorization, restart, never())).toEqual({ kind: 'unchanged' });
    await settled(world, named('again'), 'done');
    const after = await pods();
    expect(after.filter(({ terminatingSince }) => terminatingSince === undefined).map(({ uid }) => uid)).not.toContain(
      before?.uid,
    );
  });

  it('R197: scales, and says when there is nothing to do', async () => {
    const world = await worldOf(running.api);
    await apply(world, workload('scaled', 'scaled:1', { replicas: 1 }));
    const scale = { ref: named('scaled'), replicas: 3 };
    expect(await world.writer.scale(authorization, scale, never())).toEqual({ kind: 'changed' });
    expect(await world.writer.scale(authorization, scale, never())).toEqual({ kind: 'unchanged' });
    await settled(world, named('scaled'), 'done');
    expect(await world.reader.rollout(named('scaled'), never())).toMatchObject({ desired: 3, available: 3 });
  });

  it('is not touched where a GitOps controller keeps it', async () => {
    const world = await worldOf(running.api);
    await apply(world, {
      ...workload('gitops', 'gitops:1'),
      metadata: { name: 'gitops', labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
    });
    const changes = [
      await world.writer.scale(authorization, { ref: named('gitops'), replicas: 7 }, never()),
      await world.writer.restart(authorization, { ref: named('gitops'), at: '2026-11-22T10:00:00Z' }, never()),
    ];
    expect(changes).toEqual([
      {
        kind: 'gitops',
        owner: expect.objectContaining({ by: 'flux', name: 'apps' }),
        patch: { spec: { replicas: 7 } },
      },
      expect.objectContaining({ kind: 'gitops' }),
    ]);
    expect(await world.reader.rollout(named('gitops'), never())).toMatchObject({ desired: 2 });
  });

  it('what is not there is NOT_FOUND to change and undefined to read; a ConfigMap does not roll out', async () => {
    const world = await worldOf(running.api);
    expect(await world.reader.rollout(named('none'), never())).toBeUndefined();
    expect(await world.reader.revisions(named('none'), never())).toEqual([]);
    await expect(world.writer.scale(authorization, { ref: named('none'), replicas: 1 }, never())).rejects.toMatchObject(
      { code: 'NOT_FOUND' },
    );
    await expect(world.reader.rollout(named('a', 'ConfigMap'), never())).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});
