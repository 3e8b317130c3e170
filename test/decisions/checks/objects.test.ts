import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/decisions/checks/check.ts';
import { checkQuotas } from '../../../src/decisions/checks/quotas.ts';
import { checkIngress, checkServices } from '../../../src/decisions/checks/services.ts';
import { checkUnused, type UnusedInput } from '../../../src/decisions/checks/unused.ts';
import type { ObjectFacts } from '../../../src/model/workload-facts.ts';
import { aPod } from '../facts.ts';

const object = (kind: string, name: string, body: Record<string, unknown> = {}, namespace = 'shop'): ObjectFacts => ({
  ref: { apiVersion: 'v1', kind, namespace, name },
  uid: name,
  resourceVersion: '1',
  labels: {},
  annotations: {},
  managers: [],
  gitops: undefined,
  terminatingSince: undefined,
  body,
});

describe('services', () => {
  const service = (ready: number, notReady = 0, selects = true) => ({
    namespace: 'shop',
    name: 'web',
    selects,
    ready,
    notReady,
  });

  it.each([
    [service(1), 'healthy'],
    [service(1, 3), 'healthy'],
    [service(0), 'degraded'],
    [service(0, 2), 'degraded'],
    [service(0, 0, false), 'healthy'],
  ])('R120: %j is %s', (given, status) => {
    expect(statusOf(checkServices([given]).issues)).toBe(status);
  });

  it('R120: without services there is no percentage', () => {
    expect(checkServices([]).figures.availability_percent).toBeNull();
  });

  it('R121: traffic without a source is unavailable, with one it is told', () => {
    expect(checkIngress([], undefined).figures.requests_per_second).toBe('unavailable');
    expect(checkIngress([], 0)).toMatchObject({ issues: [], figures: { requests_per_second: 0 } });
  });
});

describe('quotas', () => {
  const namespace = (used: string) => ({
    name: 'shop',
    uid: 'u',
    labels: {},
    isTerminating: false,
    quotas: [{ name: 'all', hard: { 'requests.cpu': '10' }, used: { 'requests.cpu': used } }],
  });

  it.each([
    ['8990m', 'healthy', false],
    ['9', 'degraded', true],
    ['1', 'healthy', true],
  ])('R130: %s of 10 CPU used is %s, with a suggestion: %s', (used, status, isSuggested) => {
    const { issues, figures } = checkQuotas([namespace(used)]);
    expect(statusOf(issues)).toBe(status);
    expect(JSON.stringify(figures).includes('suggestion')).toBe(isSuggested);
  });
});

describe('unused objects', () => {
  const input = (change: Partial<UnusedInput> = {}): UnusedInput => ({
    pods: [],
    users: [],
    claims: [],
    configMaps: [],
    services: [],
    workloads: [],
    ...change,
  });
  const unused = (change: Partial<UnusedInput>) => checkUnused(input(change)).figures.unused;

  it('R131: one of each is found', () => {
    const found = unused({
      claims: [object('PersistentVolumeClaim', 'data')],
      configMaps: [object('ConfigMap', 'settings')],
      services: [object('Service', 'web', { spec: { selector: { app: 'web' } } })],
      workloads: [object('Deployment', 'idle', { spec: { replicas: 0 } })],
    });
    expect(found).toEqual([
      'PersistentVolumeClaim shop/data',
      'ConfigMap shop/settings',
      'Service shop/web',
      'Deployment shop/idle',
    ]);
  });

  it('R131: what a pod or a template names is used, wherever it names it', () => {
    const spec = {
      volumes: [{ persistentVolumeClaim: { claimName: 'data' } }, { configMap: { name: 'mounted' } }],
      containers: [
        { envFrom: [{ configMapRef: { name: 'environment' } }] },
        { env: [{ valueFrom: { configMapKeyRef: { name: 'key' } } }] },
      ],
    };
    const found = unused({
      users: [object('Deployment', 'web', { spec: { template: { spec } } })],
      claims: [object('PersistentVolumeClaim', 'data')],
      configMaps: ['mounted', 'environment', 'key'].map(name => object('ConfigMap', name)),
      services: [object('Service', 'web', { spec: { selector: { app: 'web' } } })],
      pods: [aPod('web-1', 'worker-1')],
    });
    expect(found).toEqual([]);
  });

  it('R131: the same name in another namespace does not use it; a claim of a StatefulSet is kept for its replicas', () => {
    const user = object('Pod', 'web', { spec: { volumes: [{ configMap: { name: 'settings' } }] } }, 'other');
    expect(unused({ users: [user], configMaps: [object('ConfigMap', 'settings')] })).toHaveLength(1);
    const stateful = object('StatefulSet', 'db', { spec: { replicas: 1 } });
    expect(unused({ claims: [object('PersistentVolumeClaim', 'data-db-3')], workloads: [stateful] })).toEqual([]);
  });

  it('leaves Kubernetes’ own alone', () => {
    const configMaps = [
      object('ConfigMap', 'kube-root-ca.crt'),
      object('ConfigMap', 'kubelet-config', {}, 'kube-system'),
    ];
    expect(unused({ configMaps, services: [object('Service', 'kubernetes', {}, 'default')] })).toEqual([]);
  });
});
