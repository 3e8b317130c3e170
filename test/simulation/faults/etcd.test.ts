import { expect, it } from 'vitest';
import { isReady } from '../../../src/simulation/world/pods.ts';
import { MINUTE, nodeOf, pass, SECOND } from '../world/worlds.ts';
import { faces } from './faces.ts';

const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/small-worker-1';
const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' }, data: {} };
const MAPS = '/api/v1/namespaces/default/configmaps';

it('etcd_nospace: reads go on, every write is 500 with etcd’s own words, and talosctl shows the alarm', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'etcd_nospace', node: 'small-cp-2' });
  const refused = await at.ask(MAPS, { method: 'POST', body: MAP });
  expect(refused.json).toMatchObject({ status: 'Failure', message: 'etcdserver: mvcc: database space exceeded' });
  expect(refused.code).toBe(500);
  expect(refused.json.reason).toBeUndefined();
  const cordon = { method: 'PATCH', body: { spec: { unschedulable: true } } };
  expect((await at.ask('/api/v1/nodes/small-worker-1', cordon)).code).toBe(500);
  expect((await at.ask('/api/v1/nodes/small-worker-1')).code).toBe(200);
  expect((await at.ask(`${MAPS}?dryRun=All`, { method: 'POST', body: MAP })).code).toBe(201);
  expect((await at.ask('/readyz')).code).toBe(200);
  const alarms = await at.talosctl('-n 10.5.0.2 etcd alarm list');
  expect(alarms.stdout).toContain(at.cluster.etcd.memberOf('small-cp-2')?.id);
  expect(alarms.stdout).toContain('NOSPACE');
  const renewed = (await at.ask(LEASE)).json.spec;
  pass(at.world, 10 * MINUTE);
  expect((await at.ask(LEASE)).json.spec).toEqual(renewed);
  expect(isReady(nodeOf(at.cluster, 'small-worker-1'))).toBe(true);
  at.cluster.faults.clear();
  pass(at.world, MINUTE);
  expect((await at.ask(MAPS, { method: 'POST', body: MAP })).code).toBe(201);
  expect((await at.ask(LEASE)).json.spec).not.toEqual(renewed);
  expect(isReady(nodeOf(at.cluster, 'small-worker-1'))).toBe(true);
});

it('etcd_nospace: a pod can’t be evicted or deleted with grace; what only removes keys still works', async () => {
  const at = await faces();
  const [pod] = at.cluster.store.list('pods', 'edge');
  at.cluster.faults.arm({ kind: 'etcd_nospace', node: 'small-cp-1' });
  const path = `/api/v1/namespaces/edge/pods/${pod?.metadata.name}`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod?.metadata.name, namespace: 'edge' } };
  expect((await at.ask(`${path}/eviction`, { method: 'POST', body })).code).toBe(500);
  expect((await at.ask(path, { method: 'DELETE' })).code).toBe(500);
  expect((await at.ask(path, { method: 'DELETE', body: { gracePeriodSeconds: 0 } })).code).toBe(200);
  expect(at.cluster.ledger.report()).toMatchObject({ evictions_accepted: 0, evictions_refused: 0 });
});

it('etcd_no_leader: the API answers 500 and is not ready, every member says no leader, and a leader returns after', async () => {
  const at = await faces();
  const fault = at.cluster.faults.arm({ kind: 'etcd_no_leader' });
  pass(at.world, 10 * SECOND);
  expect((await at.ask('/api/v1/nodes')).json).toMatchObject({ code: 500, message: 'etcdserver: no leader' });
  expect((await at.ask('/readyz/etcd')).code).toBe(500);
  const status = await at.talosctl('-n 10.5.0.2,10.5.0.3,10.5.0.4 etcd status');
  expect(status.stdout.match(/etcdserver: no leader/g)).toHaveLength(3);
  expect((await at.talosctl('-n 10.5.0.2 etcd members')).stderr).toContain('etcdserver: no leader');
  expect(at.cluster.ledger.report()).toMatchObject({ etcd_quorum_lost: 0, etcd_healthy_minimum: 3 });
  at.cluster.faults.clear(fault.id);
  pass(at.world, 2 * SECOND);
  expect((await at.ask('/readyz')).code).toBe(200);
  expect((await at.talosctl('-n 10.5.0.2 etcd status')).stdout).toContain(at.cluster.etcd.leader);
});

it('etcd_learner: a voter less; the API server beside it is not ready, the others are; it votes again after', async () => {
  const at = await faces();
  const fault = at.cluster.faults.arm({ kind: 'etcd_learner', node: 'small-cp-1' });
  pass(at.world, 5 * SECOND);
  const [beside, other] = [at.api.servers.get('small-cp-1'), at.api.servers.get('small-cp-2')];
  expect((await at.ask('/api/v1/nodes', { at: beside ?? '' })).json).toMatchObject({
    message: 'etcdserver: rpc not supported for learner',
  });
  expect((await at.ask('/readyz', { at: beside ?? '' })).code).toBe(500);
  expect((await at.ask('/api/v1/nodes', { at: other ?? '' })).code).toBe(200);
  const members = await at.talosctl('-n 10.5.0.3 etcd members');
  expect(members.stdout).toMatch(/small-cp-1 .*true/);
  expect(members.stdout).toMatch(/small-cp-2 .*false/);
  expect(at.cluster.etcd.leader).not.toBe(at.cluster.etcd.memberOf('small-cp-1')?.id);
  expect(at.cluster.ledger.report().etcd_healthy_minimum).toBe(2);
  at.cluster.faults.clear(fault.id);
  expect(at.cluster.etcd.memberOf('small-cp-1')?.learner).toBe(false);
});

it('etcd_member_unhealthy: its own status fails, the others show a leader, and its API server is not ready', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'etcd_member_unhealthy', node: 'small-cp-1' });
  pass(at.world, 2 * SECOND);
  expect((await at.talosctl('-n 10.5.0.2 etcd status')).exit).toBe(1);
  expect((await at.talosctl('-n 10.5.0.3 etcd status')).stdout).toContain(at.cluster.etcd.leader);
  expect((await at.ask('/readyz/etcd', { at: at.api.servers.get('small-cp-1') ?? '' })).code).toBe(500);
});
