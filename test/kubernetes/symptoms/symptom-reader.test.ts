import { beforeEach, describe, expect, it } from 'vitest';
import type { SymptomReader } from '../../../src/ports/symptoms.ts';
import { connect, never } from '../cluster-fixture.ts';
import { layWeb, rawDeployment, rawEvent, rawNode, rawPod, type SymptomApi, symptomApi } from './symptom-api.ts';

let api: SymptomApi;
let reader: SymptomReader;
beforeEach(async () => {
  api = await symptomApi();
  reader = (await connect({ servers: [api.server.url] })).symptoms;
});
const subject = { namespace: 'shop', name: 'web' };
const pathsAsked = (): string[] => api.asked.map(({ pathname }) => pathname);

describe('reading symptoms', () => {
  it('a Deployment: its pods with their containers’ states, the ReplicaSets that are to have pods', async () => {
    layWeb(api, rawPod('web-7d4-a', { exitCode: 137, reason: 'OOMKilled' }));
    const found = await reader.workload(subject, never());
    expect(found).toMatchObject({
      kind: 'Deployment',
      desired: 2,
      conditions: [{ type: 'Available', status: 'False' }],
      owned: [{ kind: 'ReplicaSet', name: 'web-7d4' }],
      pods: [
        {
          name: 'web-7d4-a',
          nodeName: 'worker-1',
          containers: [
            {
              name: 'app',
              restarts: 5,
              waiting: { reason: 'CrashLoopBackOff' },
              ended: { exitCode: 137, reason: 'OOMKilled' },
              memoryLimit: '128Mi',
            },
          ],
        },
      ],
    });
    const pods = api.asked.find(({ pathname }) => pathname === '/api/v1/namespaces/shop/pods');
    expect(pods?.searchParams.get('labelSelector')).toBe('app=web');
  });

  it('selects by every expression that a selector has', async () => {
    const matchExpressions = [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
    ];
    api.objects['/apis/apps/v1/namespaces/shop/statefulsets/web'] = {
      ...rawDeployment,
      spec: { replicas: 1, selector: { matchExpressions } },
    };
    api.objects['/api/v1/namespaces/shop/pods'] = { items: [] };
    expect(await reader.workload(subject, never())).toMatchObject({ kind: 'StatefulSet', pods: [] });
    expect(api.asked.at(-1)?.searchParams.get('labelSelector')).toBe('tier in (a,b),!old');
  });

  it('a pod by itself; nothing at all', async () => {
    api.objects['/api/v1/namespaces/shop/pods/web-7d4-a'] = rawPod('web-7d4-a', { exitCode: 1 });
    expect(await reader.workload({ ...subject, name: 'web-7d4-a' }, never())).toMatchObject({
      kind: 'Pod',
      pods: [{ name: 'web-7d4-a' }],
    });
    expect(await reader.workload(subject, never())).toBeUndefined();
  });

  it('a kind that may not be read is said when no other kind has the name', async () => {
    api.refusals['/apis/batch/v1/namespaces/shop/jobs/web'] = 403;
    await expect(reader.workload(subject, never())).rejects.toMatchObject({ code: 'KUBERNETES_DENIED' });
    layWeb(api);
    expect(await reader.workload(subject, never())).toMatchObject({ kind: 'Deployment' });
  });

  it('a node with its conditions and lease', async () => {
    api.objects['/api/v1/nodes/worker-1'] = rawNode([{ type: 'Ready', status: 'Perhaps' }]);
    api.objects['/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1'] = {
      spec: { renewTime: '2026-11-22T10:00:00.000000Z' },
    };
    expect(await reader.node('worker-1', never())).toMatchObject({
      name: 'worker-1',
      conditions: [{ type: 'Ready', status: 'Unknown' }],
      internalIp: '10.0.0.9',
      leaseRenewedAt: Date.parse('2026-11-22T10:00:00Z'),
    });
    expect(await reader.node('worker-2', never())).toBeUndefined();
  });

  it('events of one object, newest first, in both of their shapes', async () => {
    const series = { count: null, lastTimestamp: null, series: { count: 9, lastObservedTime: '2026-11-22T09:59:00Z' } };
    api.events.web = [rawEvent('BackOff', 'older'), rawEvent('BackOff', 'newer', series)];
    const events = await reader.events({ kind: 'Deployment', ...subject }, never());
    expect(events.map(({ message, count }) => [message, count])).toEqual([
      ['newer', 9],
      ['older', 4],
    ]);
    const asked = api.asked.at(-1);
    expect(asked?.pathname).toBe('/api/v1/namespaces/shop/events');
    expect(asked?.searchParams.get('fieldSelector')).toBe('involvedObject.kind=Deployment,involvedObject.name=web');
  });

  it('a log: bounded; undefined where there is no such run or its kubelet does not answer', async () => {
    const request = { namespace: 'shop', pod: 'a', container: 'app', isPrevious: true, tailLines: 40, limitBytes: 10 };
    expect(await reader.log(request, never())).toBeUndefined();
    const { searchParams } = api.asked.at(-1) ?? new URL('http://nothing');
    expect(Object.fromEntries(searchParams)).toEqual({
      container: 'app',
      previous: 'true',
      tailLines: '40',
      limitBytes: '10',
    });
    api.logs['a/app/true'] = { code: 200, text: 'more than ten characters' };
    expect(await reader.log(request, never())).toBe('more than ');
    api.logs['a/app/true'] = { code: 500, text: 'dial tcp 10.0.0.9:10250: i/o timeout' };
    expect(await reader.log(request, never())).toBeUndefined();
    api.logs['a/app/true'] = { code: 403, text: '{}' };
    await expect(reader.log(request, never())).rejects.toMatchObject({ code: 'KUBERNETES_DENIED' });
  });

  it.each(['../secrets', 'a/b', 'A', ''])('%j is no name: nothing is asked', async name => {
    const ask = async (): Promise<unknown> => reader.workload({ namespace: 'shop', name }, never());
    await expect(ask()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(pathsAsked()).toEqual([]);
  });
});
