import { describe, expect, it } from 'vitest';
import { diagnoseNode, type MachineLook, suspects } from '../../../src/decisions/causes.ts';
import { aNode, aPod } from '../facts.ts';
import { condition, event, machine, node } from './symptoms.ts';

const ready = condition('Ready', 'True');
const notReady = (reason: string, message: string) => node([condition('Ready', 'False', reason, message)]);
const away = node([condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.')]);
const service = (id: string, state: string, health: 'OK' | 'Fail' | '?' = '?') => ({
  id,
  state,
  health,
  lastEvent: 'x',
});

describe('why a node does not work', () => {
  it.each<[string, MachineLook, string, RegExp]>([
    [
      'memory',
      machine({ node: node([ready, condition('MemoryPressure', 'True')]) }),
      'memory_pressure',
      /short of memory/,
    ],
    ['disk', machine({ node: node([ready, condition('DiskPressure', 'True')]) }), 'disk_pressure', /short of disk/],
    ['processes', machine({ node: node([ready, condition('PIDPressure', 'True')]) }), 'pid_pressure', /short of PIDs/],
    [
      'network',
      machine({ node: node([ready, condition('NetworkUnavailable', 'True')]) }),
      'network_unavailable',
      /no network/,
    ],
    [
      'CNI',
      machine({ node: notReady('KubeletNotReady', 'container runtime network not ready: cni plugin not initialized') }),
      'network_unavailable',
      /its CNI/,
    ],
    [
      'runtime',
      machine({ node: notReady('KubeletNotReady', 'PLEG is not healthy: pleg was last seen active 3m') }),
      'runtime_down',
      /container runtime/,
    ],
    ['kubelet, by its silence', machine({ node: away }), 'kubelet_stopped', /stopped telling its state/],
    [
      'kubelet, by Talos',
      machine({ node: away, services: [service('kubelet', 'Failed'), service('cri', 'Running', 'OK')] }),
      'kubelet_stopped',
      /Talos service kubelet of worker-1 does not run/,
    ],
    [
      'machine',
      machine({ node: away, isMachineSilent: true }),
      'machine_unreachable',
      /answers neither Kubernetes nor Talos/,
    ],
    [
      'kernel: disk',
      machine({
        node: notReady('KubeletNotReady', ''),
        kernel: ['usb 1-1: new device', 'blk_update_request: I/O error, dev sda, sector 8'],
      }),
      'disk_failure',
      /errors of its disk/,
    ],
    [
      'kernel: memory',
      machine({ node: notReady('KubeletNotReady', ''), kernel: ['Out of memory: Killed process 812 (etcd)'] }),
      'out_of_memory',
      /killed processes/,
    ],
  ])('R256: %s', (_title, look, cause, message) => {
    const { state, causes } = diagnoseNode(look);
    expect(state).toBe('unhealthy');
    expect(causes[0]).toMatchObject({ cause, message: expect.stringMatching(message) });
    expect(causes[0]?.evidence.length).toBeGreaterThan(0);
  });

  it('a healthy node is healthy, whatever its kernel said of a pod over its own limit', () => {
    const kernel = ['Memory cgroup out of memory: Killed process 99 (java)', 'eth0: Link is up'];
    expect(diagnoseNode(machine({ kernel, services: [service('kubelet', 'Running', 'OK')] }))).toEqual({
      state: 'healthy',
      causes: [],
    });
  });

  it.each([
    [machine({ node: node([ready, condition('NetworkUnavailable', 'True')]) }), 'network'],
    [machine({ node: away, isMachineSilent: true }), 'hardware'],
    [machine({ node: node([ready, condition('DiskPressure', 'True')]) }), 'capacity'],
    [machine({ node: away, services: [service('kubelet', 'Failed')] }), 'software'],
    [machine({ node: node([]) }), 'unknown'],
  ])('R241: says in which area the cause lies (%#)', (look, area) => {
    expect(diagnoseNode(look).causes[0]).toMatchObject({ area });
  });

  it('what its events tell stands beside it', () => {
    const events = [event('SystemOOM', 'System OOM encountered', { kind: 'Node', name: 'worker-1' })];
    expect(diagnoseNode(machine({ events }))).toMatchObject({
      causes: [{ cause: 'out_of_memory', certainty: 'likely' }],
    });
  });

  it('not Ready and nothing told: it says so', () => {
    expect(diagnoseNode(machine({ node: node([]) }))).toMatchObject({
      state: 'unhealthy',
      causes: [{ cause: 'unknown' }],
    });
  });
});

describe('what there is to investigate', () => {
  it('nodes that are not Ready, and workloads by their own name', () => {
    const hash = {
      labels: { 'pod-template-hash': '7d4' },
      controller: { kind: 'ReplicaSet', name: 'web-7d4', uid: 'u' },
    };
    const pods = [
      aPod('web-7d4-a', 'w', { isReady: false, ...hash }),
      aPod('web-7d4-b', 'w', { phase: 'Pending', isReady: false, ...hash }),
      aPod('db-0', 'w', { isReady: false, controller: { kind: 'StatefulSet', name: 'db', uid: 'v' } }),
      aPod('alone', undefined, { phase: 'Failed', isReady: false, controller: undefined }),
      aPod('done', 'w', { phase: 'Succeeded', isReady: false }),
      aPod('good', 'w'),
    ];
    expect(suspects([aNode('a', { ready: 'unknown' }), aNode('b'), aNode('c', { ready: false })], pods)).toEqual({
      nodes: ['a', 'c'],
      workloads: [
        { namespace: 'shop', workload: 'alone', kind: 'Pod', pods: 1 },
        { namespace: 'shop', workload: 'db', kind: 'StatefulSet', pods: 1 },
        { namespace: 'shop', workload: 'web', kind: 'Deployment', pods: 2 },
      ],
    });
  });
});
