import { describe, expect, it } from 'vitest';
import { PodTally, placementNode } from '../../../src/decisions/placement/read-fleet.ts';
import { readShape } from '../../../src/decisions/placement/read-shape.ts';
import type { PodShape } from '../../../src/decisions/placement/shape.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const owner = (kind: string, name: string): object => ({ ownerReferences: [{ kind, name, controller: true }] });
const aPod = (metadata: object, spec: object = {}, status: object = { phase: 'Running' }): Record<string, unknown> => ({
  metadata: { namespace: 'shop', name: 'p', labels: {}, ...metadata },
  spec: { nodeName: 'n1', containers: [{ resources: { requests: { cpu: '100m', memory: '1Gi' } } }], ...spec },
  status,
});
const tallied = (...pods: readonly Record<string, unknown>[]) => {
  const tally = new PodTally(
    new Map([
      ['shop/data', [{ matchExpressions: [] }]],
      ['shop/free', []],
    ]),
  );
  for (const pod of pods) tally.add(pod);
  return tally.hosted();
};
const shapeOf = (metadata: object, spec: object = {}): PodShape | undefined => tallied(aPod(metadata, spec))[0]?.shape;

describe('pods are counted by shape and node', () => {
  it('those of one template share a shape, whatever the order of their labels', () => {
    const named = (name: string, labels: object) => ({ ...owner('ReplicaSet', 'web-7f'), name, labels });
    const hosted = tallied(
      aPod(named('web-1', { app: 'web', 'pod-template-hash': '7f' })),
      aPod(named('web-2', { 'pod-template-hash': '7f', app: 'web' })),
      aPod(named('web-3', { app: 'web', 'pod-template-hash': '7f' }), { nodeName: 'n2' }),
      aPod(named('web-4', { app: 'web', 'pod-template-hash': '7f' }), { nodeName: undefined }, { phase: 'Pending' }),
    );
    expect(hosted.map(({ nodeName, pods }) => [nodeName, pods])).toEqual([
      ['n1', 2],
      ['n2', 1],
      [undefined, 1],
    ]);
    expect(new Set(hosted.map(({ shape }) => shape)).size).toBe(1);
    expect(hosted[0]?.shape).toMatchObject({
      workload: 'Deployment shop/web',
      kind: 'replicated',
      requests: { cpu: 100, memory: 2 ** 30 },
    });
  });

  it('finished pods hold nothing, nor does one that ends without a node', () => {
    expect(tallied(aPod({}, {}, { phase: 'Succeeded' }), aPod({}, {}, { phase: 'Failed' }))).toEqual([]);
    expect(tallied(aPod({ deletionTimestamp: 'now' }, { nodeName: '' }))).toEqual([]);
    expect(tallied(aPod({ deletionTimestamp: 'now' }))).toHaveLength(1);
  });

  it.each<[string, object, Partial<PodShape>]>([
    ['a DaemonSet', owner('DaemonSet', 'agent'), { workload: 'DaemonSet shop/agent', kind: 'each-node' }],
    ['a StatefulSet', owner('StatefulSet', 'db'), { workload: 'StatefulSet shop/db', kind: 'replicated' }],
    ['a Job', owner('Job', 'once'), { workload: 'Job shop/once', kind: 'finite' }],
    ['a ReplicaSet of its own', owner('ReplicaSet', 'rs'), { workload: 'ReplicaSet shop/rs', kind: 'replicated' }],
    ['nobody', {}, { workload: 'Pod shop/p', kind: 'bare' }],
    [
      'the kubelet',
      { ...owner('Node', 'n1'), annotations: { 'kubernetes.io/config.mirror': 'x' } },
      { workload: 'Pod shop/p', kind: 'static' },
    ],
  ])('of %s', (_, metadata, expected) => {
    expect(shapeOf(metadata)).toMatchObject(expected);
  });

  it('the node that the DaemonSet controller names is no part of the shape', () => {
    const affinity = (name: string) => ({
      affinity: {
        nodeAffinity: {
          [REQUIRED]: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
          },
        },
      },
    });
    expect(shapeOf(owner('DaemonSet', 'agent'), affinity('n1'))?.nodeTerms).toBeUndefined();
    expect(shapeOf(owner('StatefulSet', 'db'), affinity('n1'))?.nodeTerms).toHaveLength(1);
  });
});

describe('a shape', () => {
  const read = (spec: Record<string, unknown>): PodShape =>
    readShape(
      {
        workload: 'Deployment shop/web',
        kind: 'replicated',
        namespace: 'shop',
        name: '',
        labels: { app: 'web', v: '2' },
        spec,
      },
      new Map([
        ['shop/data', [{ matchExpressions: [] }]],
        ['shop/free', []],
      ]),
    );

  it('has every resource, with what start-up needs, limits for requests and the overhead', () => {
    const gpu = { limits: { 'nvidia.com/gpu': 2, cpu: '1' } };
    const shape = read({
      containers: [{ resources: gpu }, { resources: { requests: { 'ephemeral-storage': '1Gi', cpu: 0 } } }],
      initContainers: [{ resources: { requests: { memory: '2Gi' } } }],
      overhead: { cpu: '10m' },
    });
    expect(shape.requests).toEqual({ cpu: 1010, memory: 2 ** 31, 'ephemeral-storage': 2 ** 30, 'nvidia.com/gpu': 2 });
  });

  it('has the spread that may not be violated, with the values of matchLabelKeys', () => {
    const term = { topologyKey: 'zone', maxSkew: 2, labelSelector: { matchLabels: { app: 'web' } } };
    expect(
      read({
        topologySpreadConstraints: [
          { ...term, whenUnsatisfiable: 'ScheduleAnyway' },
          { ...term, whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['v', 'absent'], nodeTaintsPolicy: 'Honor' },
        ],
      }).spread,
    ).toEqual([
      {
        topologyKey: 'zone',
        maxSkew: 2,
        selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'v', operator: 'In', values: ['2'] }] },
        minDomains: 1,
        honorsAffinity: true,
        honorsTaints: true,
      },
    ]);
  });

  it('has required affinity in its own namespace, those listed, or all', () => {
    const term = (more: object) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } }, ...more });
    const { affinity, antiAffinity, notModelled } = read({
      affinity: {
        podAffinity: { [REQUIRED]: [term({}), term({ namespaces: ['x'] }), term({ namespaceSelector: {} })] },
        podAntiAffinity: { [REQUIRED]: [term({ namespaceSelector: { matchLabels: { team: 'a' } } })] },
      },
    });
    expect(affinity.map(({ namespaces }) => namespaces)).toEqual([['shop'], ['x'], 'all']);
    expect(antiAffinity[0]?.namespaces).toBe('all');
    expect(notModelled).toEqual(['namespaces chosen by their labels: taken for all namespaces']);
  });

  it('has the ports of the host: those it names, and all of one in the network of the host', () => {
    const container = {
      ports: [{ containerPort: 80 }, { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '10.0.0.1' }],
    };
    const dns = { hostIp: '10.0.0.1', protocol: 'UDP', port: 53 };
    expect(read({ containers: [container] }).hostPorts).toEqual([dns]);
    expect(read({ containers: [container], hostNetwork: true }).hostPorts).toEqual([
      { hostIp: '0.0.0.0', protocol: 'TCP', port: 80 },
      dns,
    ]);
  });

  it('has the places of its volumes, and says which are not known', () => {
    const claim = (claimName: string) => ({ persistentVolumeClaim: { claimName } });
    expect(read({ volumes: [claim('data'), claim('free'), { emptyDir: {} }] })).toMatchObject({
      volumeTerms: [[{ matchExpressions: [] }]],
      notModelled: [],
    });
    expect(read({ volumes: [claim('unbound')] }).notModelled).toEqual([
      'volumes that are not bound yet: taken to be possible anywhere',
    ]);
  });

  it('says what is not looked at', () => {
    expect(read({ resourceClaims: [{ name: 'gpu' }], schedulerName: 'volcano' }).notModelled).toEqual([
      'devices claimed by DRA',
      'another scheduler',
    ]);
  });
});

describe('a node', () => {
  it('is read with all its resources; what is no quantity is not there', () => {
    const node = placementNode({
      metadata: { name: 'n1', labels: { zone: 'a' } },
      spec: { unschedulable: true, taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      status: {
        allocatable: { cpu: '3800m', memory: '7Gi', pods: '110', 'nvidia.com/gpu': '4', odd: 'many' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    });
    expect(node).toEqual({
      name: 'n1',
      labels: { zone: 'a' },
      taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }],
      ready: true,
      unschedulable: true,
      allocatable: { cpu: 3800, memory: 7 * 2 ** 30, pods: 110, 'nvidia.com/gpu': 4 },
    });
    expect(placementNode({}).ready).toBe('unknown');
  });
});
