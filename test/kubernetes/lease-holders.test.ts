import { describe, expect, onTestFinished, test } from 'vitest';
import { KubernetesApi } from '../../src/kubernetes/api-call.ts';
import { readKubeContext } from '../../src/kubernetes/kubeconfig.ts';
import { holdLease } from '../../src/kubernetes/lease.ts';
import { Transport } from '../../src/kubernetes/transport.ts';
import { lease } from './api-objects.ts';
import {
  authorization,
  clock,
  clusterConfig,
  connect,
  kubeconfigText,
  never,
  ONE,
  recordingLog,
  temporaryFile,
} from './cluster-fixture.ts';
import { NOW_MICRO, serveLease } from './lease-fixture.ts';

describe('SAFETY 6: one plan started in two directories is one operation id, and still two holders', () => {
  const [ONE_DIRECTORY, OTHER_DIRECTORY] = [
    '11111111-0000-4000-8000-000000000000',
    '22222222-0000-4000-8000-000000000000',
  ];
  const of = async (directory: string) => (await connect({ directory })).writer;
  const heldFrom = (state: ReturnType<typeof serveLease>) =>
    state.stored?.metadata.annotations?.['containers-gm/directory'];

  test('the second is refused, and told that the holder is in another directory; the first renews', async () => {
    const state = serveLease(undefined);
    await (await of(ONE_DIRECTORY)).holdLease(authorization, 'op-1', never());
    const writes = state.writes;
    await expect((await of(OTHER_DIRECTORY)).holdLease(authorization, 'op-1', never())).rejects.toMatchObject({
      code: 'OPERATION_CONFLICT',
      message: expect.stringContaining('"op-1" in another division directory'),
    });
    expect([state.writes, heldFrom(state)]).toEqual([writes, ONE_DIRECTORY]);
    await (await of(ONE_DIRECTORY)).holdLease(authorization, 'op-1', never());
    expect(state.writes).toBe(writes + 1);
  });

  test('the second gives nothing up; after the first has, it may hold', async () => {
    const state = serveLease(undefined);
    await (await of(ONE_DIRECTORY)).holdLease(authorization, 'op-1', never());
    await (await of(OTHER_DIRECTORY)).releaseLease(authorization, 'op-1', never());
    expect([state.stored?.spec.holderIdentity, heldFrom(state)]).toEqual(['op-1', ONE_DIRECTORY]);
    await (await of(ONE_DIRECTORY)).releaseLease(authorization, 'op-1', never());
    expect([state.stored?.spec.holderIdentity, heldFrom(state)]).toEqual([undefined, undefined]);
    await (await of(OTHER_DIRECTORY)).holdLease(authorization, 'op-1', never());
    expect(heldFrom(state)).toBe(OTHER_DIRECTORY);
  });

  test('one that says no directory is ours by its operation, and is marked', async () => {
    const state = serveLease({ holderIdentity: 'op-1', acquireTime: '2026-11-22T09:00:00.000000Z' });
    await (await of(ONE_DIRECTORY)).holdLease(authorization, 'op-1', never());
    expect(heldFrom(state)).toBe(ONE_DIRECTORY);
    expect(state.stored?.spec.acquireTime).toBe('2026-11-22T09:00:00.000000Z');
  });

  test('of two that start it at once one holds', async () => {
    const state = serveLease({});
    const both = await Promise.allSettled(
      [ONE_DIRECTORY, OTHER_DIRECTORY].map(async directory => {
        await (await of(directory)).holdLease(authorization, 'op-1', never());
        return directory;
      }),
    );
    const held = both.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
    expect(held).toEqual([heldFrom(state)]);
  });
});

describe('SAFETY 6: a holder that a human says is gone for good', () => {
  async function instead(insteadOf: string): Promise<void> {
    const kubeconfig = temporaryFile('kubeconfig', kubeconfigText(ONE));
    const config = clusterConfig({ kubeconfig, context: 'admin@staging', servers: [ONE] }, 'operate');
    const transport = new Transport(config.name, await readKubeContext(config), recordingLog().log);
    onTestFinished(() => transport.close());
    await holdLease(new KubernetesApi(config.name, transport), clock, { holder: 'op-1', insteadOf }, never());
  }

  test('gives way to who names it, fenced by the resourceVersion; no other does', async () => {
    const state = serveLease({ holderIdentity: 'op-2', leaseTransitions: 3 });
    await expect(instead('op-3')).rejects.toMatchObject({
      code: 'OPERATION_CONFLICT',
      remedy: expect.stringContaining('control_operation resolve with node staging as abandon'),
    });
    expect(state.writes).toBe(0);
    await instead('op-2');
    expect(state.stored?.spec).toMatchObject({ holderIdentity: 'op-1', leaseTransitions: 4, acquireTime: NOW_MICRO });
  });

  test('keeps the Lease if somebody else has it by the time it is taken', async () => {
    const state = serveLease({ holderIdentity: 'op-2' }, current => {
      current.stored = lease('containers-gm', 'kube-system', { holderIdentity: 'op-3' }, '6');
    });
    await expect(instead('op-2')).rejects.toMatchObject({
      code: 'OPERATION_CONFLICT',
      message: expect.stringContaining('"op-3"'),
    });
    expect(state.stored?.spec.holderIdentity).toBe('op-3');
  });
});
