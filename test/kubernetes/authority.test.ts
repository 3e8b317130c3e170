import { describe, expect, test } from 'vitest';
import { assertMay } from '../../src/kubernetes/authority-guard.ts';
import { Authorization, mintAuthorization } from '../../src/model/authorization.ts';
import type { EffectKind } from '../../src/model/effect.ts';
import type { ClusterWriter } from '../../src/ports.ts';
import { allEffects, authorization, clusterConfig, connect, never } from './cluster-fixture.ts';
import { loopback } from './loopback.ts';

type Write = (writer: ClusterWriter, right: Authorization) => Promise<unknown>;

const writes: [EffectKind, Write][] = [
  [
    'cordon',
    (writer, right) =>
      writer.cordon(right, { node: 'w-1', resourceVersion: '7', owner: 'op-1', priorUnschedulable: false }, never()),
  ],
  ['uncordon', (writer, right) => writer.uncordon(right, { node: 'w-1', owner: 'op-1' }, never())],
  [
    'evict',
    (writer, right) => writer.evict(right, { namespace: 'shop', name: 'a', uid: 'u' }, never(), async () => undefined),
  ],
  ['hold_lease', (writer, right) => writer.holdLease(right, 'op-1', never())],
  ['release_lease', (writer, right) => writer.releaseLease(right, 'op-1', never())],
];

describe('SAFETY 2: the right to an effect is asked for where it happens', () => {
  test.each(writes)('%s sends nothing to a cluster in mode observe', async (_effect, write) => {
    const server = await loopback((_request, response) => response.end());
    const { writer } = await connect({ servers: [server.url], mode: 'observe' });
    await expect(write(writer, authorization)).rejects.toMatchObject({
      code: 'AUTHORITY_REFUSED',
      remedy: expect.stringContaining('division.yaml'),
    });
    expect(server.sockets).toHaveLength(0);
  });

  test.each(writes)('%s sends nothing without the right to exactly it, here', async (effect, write) => {
    const server = await loopback((_request, response) => response.end());
    const { writer } = await connect({ servers: [server.url] });
    const others = allEffects.effects.filter(other => other !== effect);
    for (const right of [
      mintAuthorization({ ...allEffects, effects: others }),
      mintAuthorization({ ...allEffects, cluster: 'production' }),
    ]) {
      await expect(write(writer, right)).rejects.toMatchObject({ code: 'AUTHORITY_REFUSED' });
    }
    expect(server.sockets).toHaveLength(0);
  });

  const operate = clusterConfig({ kubeconfig: '/none', context: 'c', servers: [] }, 'operate');
  const heir: unknown = Object.create(Authorization.prototype, { permits: { value: () => true } });
  const grandchild: unknown = Object.create(Object.create(Authorization.prototype, { permits: { value: () => true } }));
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a look-alike', { permits: () => true, grounds: allEffects }],
    ['an object of the class without the brand', Object.create(Authorization.prototype)],
    ['one that overrides permits', heir],
    ['one whose prototype does', grandchild],
  ])('%s is no authorization', (_title, forged) => {
    expect(() => assertMay(operate, forged, 'evict')).toThrow(expect.objectContaining({ code: 'AUTHORITY_REFUSED' }));
  });

  test('a true one is', () => {
    expect(() => assertMay(operate, authorization, 'evict')).not.toThrow();
  });
});
