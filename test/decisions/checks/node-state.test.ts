import { describe, expect, it } from 'vitest';
import { standsAgainst, statusOf } from '../../../src/decisions/checks/check.ts';
import {
  checkMaintenance,
  checkNodeUnhealthy,
  checkNodeVersions,
  checkNoOtherNodeDown,
  checkQuorumLost,
  checkUnhealthyNodes,
} from '../../../src/decisions/checks/node-state.ts';
import { unknownEtcdView, unknownMachine } from '../../../src/model/facts.ts';
import { addressOf, aMachine, aNode, etcdViews } from '../facts.ts';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;
const fresh = { leaseRenewedAt: NOW - 5_000 };
const served = ['cp-1', 'cp-2', 'cp-3', 'worker-1'].map(name => aNode(name, fresh));

describe('nodes in maintenance', () => {
  it.each([
    [24 * HOUR, 'info'],
    [24 * HOUR + 1, 'warning'],
  ])('R113: cordoned for %d ms is told as %s', (age, severity) => {
    const nodes = [aNode('worker-1', { unschedulable: true, cordonOwner: 'op-1' })];
    const { issues } = checkMaintenance({ nodes, since: new Map([['worker-1', NOW - age]]), now: NOW });
    expect(issues).toEqual([expect.objectContaining({ subject: 'worker-1', severity })]);
  });

  it('R113: somebody else’s cordon is named, its age is not known', () => {
    const nodes = [aNode('worker-1', { unschedulable: true })];
    const { issues } = checkMaintenance({ nodes, since: new Map(), now: NOW });
    expect(issues[0]?.message).toBe('worker-1 is cordoned by somebody else, since when is not known');
  });
});

describe('unhealthy nodes', () => {
  it.each([
    ['not Ready', { ...fresh, ready: false as const }],
    ['of unknown readiness', { ...fresh, ready: 'unknown' as const }],
    ['with a Lease of 41 s', { leaseRenewedAt: NOW - 41_000 }],
    ['without a Lease', { leaseRenewedAt: undefined }],
  ])('R115: a worker %s is one', (_how, change) => {
    const { issues } = checkUnhealthyNodes({ nodes: [...served.slice(0, 3), aNode('worker-1', change)], now: NOW });
    expect(issues).toEqual([expect.objectContaining({ subject: 'worker-1', severity: 'warning' })]);
  });

  it('R115: a second control plane node is not to be removed while one is away', () => {
    const nodes = [aNode('cp-1', fresh), aNode('cp-2', { ready: false }), aNode('cp-3', { ready: false })];
    const { issues } = checkUnhealthyNodes({ nodes, now: NOW });
    expect(statusOf(issues)).toBe('critical');
    expect(issues[0]?.message).toContain('below quorum: nothing is removed');
  });

  it('none when all serve', () => {
    expect(checkUnhealthyNodes({ nodes: served, now: NOW }).issues).toEqual([]);
  });
});

describe('versions of nodes', () => {
  const servers = [{ url: 'a', reachable: true, version: 'v1.35.4', etcdReady: true, error: undefined }] as const;

  it.each([
    ['v1.35.0', 'healthy'],
    ['v1.32.9', 'healthy'],
    ['v1.31.9', 'critical'],
    ['v1.36.0', 'critical'],
    ['nonsense', 'unknown'],
  ])('R116: a kubelet %s beside API servers v1.35.4 is %s', (kubeletVersion, status) => {
    const nodes = [aNode('worker-1', { kubeletVersion })];
    expect(statusOf(checkNodeVersions({ nodes, machines: [aMachine('worker-1')], servers }).issues)).toBe(status);
  });

  it('R116: two versions of Talos are an upgrade that was not finished', () => {
    const nodes = [aNode('worker-1'), aNode('worker-2')];
    const machines = [aMachine('worker-1'), aMachine('worker-2', { version: 'v1.13.9' })];
    expect(statusOf(checkNodeVersions({ nodes, machines, servers }).issues)).toBe('degraded');
  });

  it('servers that told no version leave it unknown', () => {
    const nodes = [aNode('worker-1')];
    expect(statusOf(checkNodeVersions({ nodes, machines: [], servers: [] }).issues)).toBe('unknown');
  });
});

describe('the gate of a node to be given up', () => {
  const gate = (node: ReturnType<typeof aNode> | undefined, machine: ReturnType<typeof aMachine> | undefined) =>
    checkNodeUnhealthy({ node, name: 'worker-1', machine, now: NOW }).issues;

  it.each([
    ['not Ready', aNode('worker-1', { ready: false }), aMachine('worker-1')],
    ['gone from Kubernetes', undefined, undefined],
    ['with a machine that shuts down', aNode('worker-1', fresh), aMachine('worker-1', { stage: 'shuttingDown' })],
    ['with a machine that is not ready', aNode('worker-1', fresh), aMachine('worker-1', { ready: false })],
  ])('passes a node %s', (_how, node, machine) => {
    expect(gate(node, machine)).toEqual([]);
  });

  it('stops at one that serves, and where its machine does not say', () => {
    expect(gate(aNode('worker-1', fresh), aMachine('worker-1'))).toEqual([
      expect.objectContaining({ severity: 'critical' }),
    ]);
    expect(gate(aNode('worker-1', fresh), unknownMachine(addressOf('worker-1'), 'TIMEOUT'))).toEqual([
      expect.objectContaining({ severity: 'unknown' }),
    ]);
  });
});

describe('the gate of nobody else away', () => {
  it('passes while only this node is away, and not while another is, or is unknown', () => {
    const others = [aNode('cp-1'), aNode('cp-2')];
    const gate = (nodes: ReturnType<typeof aNode>[]) => checkNoOtherNodeDown({ nodes, node: 'worker-1' }).issues;
    expect(gate([...others, aNode('worker-1', { ready: false })])).toEqual([]);
    expect(gate([...others, aNode('cp-3', { ready: false })])).toEqual([
      expect.objectContaining({ severity: 'critical' }),
    ]);
    expect(gate([...others, aNode('cp-3', { ready: 'unknown' })])).toEqual([
      expect.objectContaining({ severity: 'unknown' }),
    ]);
    expect(gate([])).toEqual([expect.objectContaining({ severity: 'unknown' })]);
  });
});

describe('the gate of a lost quorum', () => {
  const planes = ['cp-1', 'cp-2', 'cp-3'];
  const silent = planes.map(name => unknownEtcdView(addressOf(name), 'TIMEOUT'));
  const server = (etcdReady: boolean | 'unknown') =>
    planes.map(name => ({ url: name, reachable: false, version: undefined, etcdReady, error: 'no answer' }));
  const gate = (input: Partial<Parameters<typeof checkQuorumLost>[0]>) =>
    checkQuorumLost({ members: 3, views: silent, machines: [], servers: server('unknown'), ...input });

  it('is passed when a member sees no leader, or a machine answers and its etcd does not', () => {
    const leaderless = etcdViews(planes, undefined).map(view => ({
      ...view,
      status: view.status && { ...view.status, leaderId: undefined },
    }));
    expect(gate({ views: leaderless }).issues).toEqual([]);
    expect(gate({ machines: [aMachine('cp-1')] }).issues).toEqual([]);
  });

  it('is not passed by silence, by a leader, nor by one API server whose etcd works', () => {
    expect(gate({}).issues).toEqual([expect.objectContaining({ severity: 'unknown' })]);
    expect(gate({ views: etcdViews(planes) }).issues.every(standsAgainst)).toBe(true);
    const works = [...server(false).slice(1), ...server(true).slice(0, 1)];
    expect(gate({ machines: [aMachine('cp-1')], servers: works }).issues.some(standsAgainst)).toBe(true);
  });
});
