import { fc, test } from '@fast-check/vitest';
import type { V1Container, V1PersistentVolume, V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { podRequests } from '../../src/decisions/pod-requests.ts';
import { localClaim, podFacts } from '../../src/kubernetes/pod-facts.ts';
import { pod } from './api-objects.ts';

const facts = (parts: Parameters<typeof pod>[1] = {}, claims: string[] = []) =>
  podFacts(pod('web-1', parts) as V1Pod, new Set(claims));

describe('pod facts', () => {
  test('a plain running pod', () => {
    expect(facts()).toEqual({
      namespace: 'shop',
      name: 'web-1',
      uid: 'uid-web-1',
      nodeName: undefined,
      phase: 'Running',
      isReady: false,
      terminatingSince: undefined,
      controller: undefined,
      isMirror: false,
      hasEmptyDir: false,
      hasLocalVolume: false,
      toleratesCordon: false,
      labels: {},
      restarts: 0,
      images: [],
      requests: { cpuMillis: 0, memoryBytes: 0 },
    });
  });

  test('all that a drain asks about', () => {
    const deletionTimestamp = new Date('2026-11-22T10:00:00Z');
    const owners = [
      { kind: 'Thing', name: 't', uid: 't' },
      { kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true },
    ];
    const metadata = { annotations: { 'kubernetes.io/config.mirror': '' }, ownerReferences: owners, deletionTimestamp };
    const spec = {
      nodeName: 'w-1',
      containers: [{ name: 'a', image: 'i:1' }],
      volumes: [
        { name: 'e', emptyDir: {} },
        { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
      ],
    };
    const containerStatuses = [{ restartCount: 2 }, { restartCount: 3 }];
    const status = { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses };
    expect(facts({ metadata, spec, status }, ['shop/data'])).toMatchObject({
      nodeName: 'w-1',
      isReady: true,
      terminatingSince: deletionTimestamp.getTime(),
      controller: { kind: 'ReplicaSet', name: 'r', uid: 'r' },
      isMirror: true,
      hasEmptyDir: true,
      hasLocalVolume: true,
      restarts: 5,
      images: ['i:1'],
    });
  });

  test('a claim of the same name in another namespace is another claim', () => {
    const spec = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] };
    expect(facts({ spec }, ['other/data']).hasLocalVolume).toBe(false);
  });

  test.each([
    [[{ operator: 'Exists' }], true],
    [[{ operator: 'Exists', effect: 'NoSchedule' }], true],
    [[{ operator: 'Exists', effect: 'NoExecute' }], false],
    [[{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }], true],
    [[{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], true],
    [[{ key: 'node.kubernetes.io/unschedulable', operator: 'Equal', value: 'x' }], false],
    [[{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }], false],
    [[], false],
  ])('with tolerations %o a cordon keeps it away: not %s', (tolerations, isTolerated) => {
    expect(facts({ spec: { tolerations } }).toleratesCordon).toBe(isTolerated);
  });

  const claimRef = { namespace: 'shop', name: 'data' };
  const onHost = (key: string) => ({
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In' }] }] },
  });
  test.each<[string, object, string | undefined]>([
    ['local', { local: { path: '/x' }, claimRef }, 'shop/data'],
    ['hostPath', { hostPath: { path: '/x' }, claimRef }, 'shop/data'],
    ['bound to a hostname', { nodeAffinity: onHost('kubernetes.io/hostname'), claimRef }, 'shop/data'],
    ['bound to a zone', { nodeAffinity: onHost('topology.kubernetes.io/zone'), claimRef }, undefined],
    ['from the network', { csi: { driver: 'x' }, claimRef }, undefined],
    ['local without a claim', { local: { path: '/x' } }, undefined],
  ])('a volume %s', (_title, spec, claim) => {
    expect(localClaim({ spec } as V1PersistentVolume)).toBe(claim);
  });
});

const container = (cpu: string, restartPolicy?: string): V1Container => ({
  name: 'c',
  resources: { requests: { cpu, memory: '1Mi' } },
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
});

const cpu = (spec: Partial<NonNullable<V1Pod['spec']>>) => podRequests({ containers: [], ...spec }).cpuMillis;

describe('what the scheduler reserves', () => {
  test('containers add up, start-up counts only when it needs more', () => {
    const containers = [container('100m'), container('200m')];
    expect(cpu({ containers })).toBe(300);
    expect(cpu({ containers, initContainers: [container('250m'), container('250m')] })).toBe(300);
    expect(cpu({ containers, initContainers: [container('500m')] })).toBe(500);
  });

  test('sidecars run beside everything after them (KEP-753)', () => {
    const containers = [container('100m')];
    expect(cpu({ containers, initContainers: [container('50m', 'Always')] })).toBe(150);
    expect(cpu({ containers, initContainers: [container('50m', 'Always'), container('200m')] })).toBe(250);
    expect(cpu({ containers, initContainers: [container('200m'), container('50m', 'Always')] })).toBe(200);
  });

  test('overhead comes on top, pod-level requests in place of the containers’', () => {
    const containers = [container('100m')];
    expect(cpu({ containers, overhead: { cpu: '25m' } })).toBe(125);
    const spec = { containers, overhead: { cpu: '25m' }, resources: { requests: { cpu: '1' } } };
    expect(podRequests(spec)).toEqual({ cpuMillis: 1025, memoryBytes: 2 ** 20 });
  });

  test('text that is no quantity fits nowhere', () => {
    expect(cpu({ containers: [container('much')] })).toBe(Number.POSITIVE_INFINITY);
  });

  test.prop([fc.array(fc.nat({ max: 4000 })), fc.array(fc.nat({ max: 4000 }))])(
    'law: never less than the running containers, nor than any start-up container',
    (running, starting) => {
      const milli = (amounts: number[]) => amounts.map(amount => container(`${amount}m`));
      const reserved = cpu({ containers: milli(running), initContainers: milli(starting) });
      const sum = running.reduce((total, amount) => total + amount, 0);
      expect(reserved).toBe(Math.max(sum, ...starting));
    },
  );
});
