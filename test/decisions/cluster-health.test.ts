import { describe, expect, it } from 'vitest';
import { clusterHealth, type HealthInput } from '../../src/decisions/cluster-health.ts';
import type { MachineFacts, NodeFacts } from '../../src/model/facts.ts';
import { aBudget, aCluster, aHealthInput, aMachine, aNode, aPod, etcdViews, seedNodes } from './facts.ts';

const planes = ['cp-1', 'cp-2', 'cp-3'];
const withNode = (name: string, change: Partial<NodeFacts>): HealthInput =>
  aHealthInput({ nodes: seedNodes.map(each => aNode(each, each === name ? change : {})) });
const withMachine = (name: string, change: Partial<MachineFacts>): HealthInput =>
  aHealthInput({}, { machines: seedNodes.map(each => aMachine(each, each === name ? change : {})) });
const downTo = (healthy: number): HealthInput['etcd'] =>
  etcdViews(planes).map((view, index) =>
    index < healthy ? view : { ...view, status: undefined, error: 'unreachable: refused' },
  );

describe('clusterHealth', () => {
  it('R279-R282: summarises a healthy cluster in the report format', () => {
    const pods = [
      aPod('a', 'worker-1', { requests: { cpuMillis: 12_000, memoryBytes: 12e9 } }),
      aPod('b', undefined, { phase: 'Pending', requests: { cpuMillis: 9000, memoryBytes: 0 } }),
      aPod('done', 'worker-1', { phase: 'Succeeded', requests: { cpuMillis: 9000, memoryBytes: 0 } }),
    ];
    const { cluster, issues } = clusterHealth(aHealthInput({ pods }));
    expect(cluster).toEqual({
      name: 'production',
      simulated: true,
      status: 'healthy',
      nodes: { total: 6, ready: 6, not_ready: 0 },
      pods: { total: 2, running: 1, pending: 1, failed: 0 },
      resource_usage: { cpu: '50%', memory: '25%' },
      talos_versions: ['v1.12.11'],
      kubernetes_version: 'v1.35.4',
      etcd: { members: 3, leader: 'cp-3', healthy: true, alarms: [] },
    });
    expect(issues).toMatchObject([{ severity: 'info', cluster: 'production', subject: 'pods' }]);
  });

  it.each<{ what: string; given: HealthInput; status: string; says: string }>([
    {
      what: 'a node not Ready',
      given: withNode('worker-1', { ready: false }),
      status: 'degraded',
      says: 'worker-1 is not Ready',
    },
    {
      what: 'a node of unknown readiness',
      given: withNode('worker-1', { ready: 'unknown' }),
      status: 'degraded',
      says: 'unknown readiness',
    },
    {
      what: 'most nodes not Ready',
      given: aHealthInput({ nodes: seedNodes.map(name => aNode(name, { ready: name.startsWith('cp-1') })) }),
      status: 'critical',
      says: 'not Ready',
    },
    { what: 'no nodes', given: aHealthInput({ nodes: [] }), status: 'critical', says: 'shows no node' },
    {
      what: 'no facts',
      given: aHealthInput({}, { facts: undefined, unreadable: 'refused' }),
      status: 'unknown',
      says: 'could not be read: refused',
    },
    {
      what: 'one etcd member away',
      given: aHealthInput({}, { etcd: downTo(2) }),
      status: 'degraded',
      says: 'etcd on cp-3 is not known',
    },
    {
      what: 'etcd without quorum, and behind no API server',
      given: aHealthInput(
        { servers: aCluster([aNode('cp-1')]).servers.map(server => ({ ...server, etcdReady: false })) },
        { etcd: downTo(1) },
      ),
      status: 'critical',
      says: 'etcd on cp-2',
    },
    {
      what: 'most etcd members silent though the API servers reach etcd',
      given: aHealthInput({}, { etcd: downTo(1) }),
      status: 'degraded',
      says: 'etcd on cp-2',
    },
    { what: 'no etcd view', given: aHealthInput({}, { etcd: [] }), status: 'unknown', says: 'etcd on cp-1' },
    {
      what: 'R104: an etcd alarm',
      given: aHealthInput(
        {},
        { etcd: etcdViews(planes).map(view => ({ ...view, alarms: [{ memberId: 'x', alarm: 'NOSPACE' }] })) },
      ),
      status: 'critical',
      says: 'NOSPACE',
    },
    {
      what: 'R105: one API server away',
      given: aHealthInput({
        servers: aCluster(planes.map(name => aNode(name))).servers.map((server, index) => ({
          ...server,
          reachable: index > 0,
        })),
      }),
      status: 'degraded',
      says: 'does not answer',
    },
    {
      what: 'all API servers away',
      given: aHealthInput({
        servers: aCluster(planes.map(name => aNode(name))).servers.map(server => ({ ...server, reachable: false })),
      }),
      status: 'critical',
      says: 'does not answer',
    },
    {
      what: 'etcd behind a server unknown',
      given: aHealthInput({
        servers: aCluster(planes.map(name => aNode(name))).servers.map(server => ({
          ...server,
          etcdReady: 'unknown' as const,
        })),
      }),
      status: 'critical',
      says: 'etcd unknown',
    },
    {
      what: 'no API server asked',
      given: aHealthInput({ servers: [] }),
      status: 'degraded',
      says: 'no API server was asked',
    },
    {
      what: 'a machine that is silent',
      given: aHealthInput({}, { machines: seedNodes.slice(1).map(name => aMachine(name)) }),
      status: 'degraded',
      says: 'Talos did not answer for cp-1',
    },
    {
      what: 'a machine without version',
      given: withMachine('cp-1', { version: undefined, error: 'timeout: x' }),
      status: 'degraded',
      says: 'says no version (timeout: x)',
    },
    {
      what: 'a machine rebooting',
      given: withMachine('cp-1', { stage: 'rebooting' }),
      status: 'degraded',
      says: 'stage rebooting',
    },
    {
      what: 'a machine of unknown stage',
      given: withMachine('cp-1', { stage: undefined }),
      status: 'degraded',
      says: 'stage unknown',
    },
    {
      what: 'a machine not ready',
      given: withMachine('cp-1', { ready: undefined }),
      status: 'degraded',
      says: 'is not ready',
    },
    {
      what: 'another machine',
      given: withMachine('cp-1', { systemUuid: 'x', nodename: 'y' }),
      status: 'critical',
      says: 'is not cp-1',
    },
    {
      what: 'a boot only Talos has seen',
      given: withMachine('cp-1', { bootId: 'b2' }),
      status: 'degraded',
      says: 'not surely its machine',
    },
    {
      what: 'requests over the CPU threshold',
      given: aHealthInput({ pods: [aPod('a', 'worker-1', { requests: { cpuMillis: 19_300, memoryBytes: 0 } })] }),
      status: 'degraded',
      says: 'CPU requests are 80.4% of allocatable, over 80%',
    },
    {
      what: 'pods of unknown phase',
      given: aHealthInput({ pods: [aPod('a', 'worker-1', { phase: 'Unknown' })] }),
      status: 'degraded',
      says: 'of unknown phase',
    },
  ])('$what is $status', ({ given, status, says }) => {
    const { cluster, issues } = clusterHealth(given);
    expect(cluster.status).toBe(status);
    expect(issues.map(issue => issue.message).join('\n')).toContain(says);
  });

  it.each<{ what: string; given: HealthInput; says: string }>([
    {
      what: 'R113: a cordoned node',
      given: withNode('worker-1', { unschedulable: true }),
      says: 'cordoned, not by us',
    },
    {
      what: 'pending pods',
      given: aHealthInput({ pods: [aPod('a', undefined, { phase: 'Pending' })] }),
      says: '1 pods are Pending',
    },
    {
      what: 'R306: a budget that never allows',
      given: aHealthInput({ budgets: [aBudget('web', { disruptionsAllowed: 0, desiredHealthy: 3 })] }),
      says: 'never allows a disruption',
    },
    {
      what: 'requests at the threshold',
      given: aHealthInput({ pods: [aPod('a', 'worker-1', { requests: { cpuMillis: 19_200, memoryBytes: 0 } })] }),
      says: '',
    },
  ])('$what is worth a word and leaves it healthy', ({ given, says }) => {
    const { cluster, issues } = clusterHealth(given);
    expect(cluster.status).toBe('healthy');
    expect(issues.map(issue => issue.message).join('\n')).toContain(says);
  });

  it('says what is not known instead of a figure', () => {
    const { cluster } = clusterHealth(aHealthInput({}, { facts: undefined }));
    expect(cluster).toMatchObject({
      resource_usage: { cpu: 'n/a', memory: 'n/a' },
      talos_versions: [],
      kubernetes_version: null,
      etcd: { members: null, leader: null, healthy: false },
    });
    expect(clusterHealth(withNode('worker-1', { osImage: 'Ubuntu' })).cluster.talos_versions).toEqual(['v1.12.11']);
    const silent = { ...withNode('worker-1', { osImage: 'Ubuntu' }), machines: [] };
    expect(clusterHealth(silent).cluster.talos_versions).toEqual(['unknown', 'v1.12.11']);
  });
});
