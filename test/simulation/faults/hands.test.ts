import { expect, it } from 'vitest';
import { at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { isCordoned } from '../../../src/simulation/world/controllers/node-fit.ts';
import { cordon } from '../../../src/simulation/world/machines/node-drain.ts';
import { MINUTE, nodeOf, pass, passUntil, SECOND } from '../world/worlds.ts';
import { faces } from './faces.ts';

const WORKER = 'small-worker-1';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/containers-gm';

it('foreign_cordon before: at once; during: after its delay; talosctl health waits for the node', async () => {
  const at = await faces();
  const isCordonedNow = (name: string): boolean => isCordoned(nodeOf(at.cluster, name));
  at.cluster.faults.arm({ kind: 'foreign_cordon', node: WORKER });
  at.cluster.faults.arm({ kind: 'foreign_cordon', node: 'small-worker-2', delay_ms: 2 * MINUTE });
  expect([isCordonedNow(WORKER), isCordonedNow('small-worker-2')]).toEqual([true, false]);
  pass(at.world, 2 * MINUTE);
  expect(isCordonedNow('small-worker-2')).toBe(true);
  expect(valueAt((await at.ask('/api/v1/nodes/small-worker-2')).json, 'spec', 'unschedulable')).toBe(true);
  const health = await at.talosctl('-n 10.5.0.2 health --wait-timeout 5s');
  expect(health.stderr).toContain(`some nodes are not schedulable: ["${WORKER}" "small-worker-2"]`);
  expect(at.cluster.faults.list()).toEqual([]);
});

it('external_uncordon: a cordon is lifted seconds after it was set, once, whoever set it', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'external_uncordon', node: WORKER });
  pass(at.world, MINUTE);
  await at.ask(`/api/v1/nodes/${WORKER}`, { method: 'PATCH', body: { spec: { unschedulable: true } } });
  pass(at.world, 4 * SECOND);
  expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(true);
  pass(at.world, 2 * SECOND);
  expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(false);
  cordon(at.cluster, WORKER);
  pass(at.world, MINUTE);
  expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(true);
});

it('external_uncordon on a node that is cordoned already lifts that cordon', async () => {
  const at = await faces();
  cordon(at.cluster, WORKER);
  at.cluster.faults.arm({ kind: 'external_uncordon', delay_ms: SECOND });
  pass(at.world, 2 * SECOND);
  expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(false);
});

it('another_upgrader: its Lease is renewed, its node cordoned and drained; when it ends all of that is undone', async () => {
  const at = await faces();
  const fault = at.cluster.faults.arm({ kind: 'another_upgrader', node: WORKER, holder: 'tuppr' });
  pass(at.world, 11 * SECOND);
  const first = (await at.ask(LEASE)).json.spec as Record<string, unknown>;
  expect(first).toMatchObject({ holderIdentity: 'tuppr', leaseDurationSeconds: 60 });
  pass(at.world, 5 * MINUTE);
  const later = (await at.ask(LEASE)).json.spec as Record<string, unknown>;
  expect(later.acquireTime).toBe(first.acquireTime);
  expect(later.renewTime).not.toBe(first.renewTime);
  expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(true);
  expect(at.cluster.pods.onNode(WORKER).every(pod => pod.metadata.ownerReferences?.[0]?.kind === 'DaemonSet')).toBe(
    true,
  );
  const { evictions_accepted, pdb_violations } = at.cluster.ledger.report();
  expect(evictions_accepted).toBeGreaterThan(3);
  expect(pdb_violations).toBe(0);
  expect((await at.talosctl('-n 10.5.1.1 version')).exit).toBe(0);
  at.cluster.faults.clear(fault.id);
  expect((await at.ask(LEASE)).code).toBe(404);
  expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(false);
});

it('another_upgrader takes the Lease from whoever holds it, and leaves one that was taken back alone', async () => {
  const at = await faces();
  const spec = { holderIdentity: 'ours', leaseDurationSeconds: 60 };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'containers-gm' }, spec };
  await at.ask(LEASE.replace('/containers-gm', ''), { method: 'POST', body: lease });
  const fault = at.cluster.faults.arm({ kind: 'another_upgrader' });
  pass(at.world, SECOND);
  expect((await at.ask(LEASE)).json.spec).toMatchObject({ holderIdentity: 'another-upgrader' });
  await at.ask(LEASE, { method: 'PATCH', body: { spec } });
  at.cluster.faults.clear(fault.id);
  expect((await at.ask(LEASE)).json.spec).toMatchObject({ holderIdentity: 'ours' });
});

it('clock_skew: lease and heartbeats bear the machine’s clock, the console too; the node stays Ready', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'clock_skew', node: WORKER, skew_ms: -10 * MINUTE });
  pass(at.world, 6 * MINUTE);
  const lease = await at.ask(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${WORKER}`);
  const behindMs = at.world.now() - Date.parse(String(valueAt(lease.json, 'spec', 'renewTime')));
  expect(behindMs).toBeGreaterThanOrEqual(10 * MINUTE);
  expect(behindMs).toBeLessThan(11 * MINUTE);
  expect(JSON.stringify((await at.ask(`/api/v1/nodes/${WORKER}`)).json.status)).toContain('"KubeletReady"');
  await at.talosctl('-n 10.5.1.1 reboot');
  const machine = at.cluster.machines.get(WORKER);
  const lastMs = machine?.console.at(-1)?.at_ms ?? 0;
  expect(at.world.now() - lastMs).toBeGreaterThanOrEqual(10 * MINUTE);
  passUntil(at.world, () => machine?.is_ready === true);
});

it('a silent machine whose clock was ahead is NotReady as soon as any other', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'clock_skew', node: WORKER, skew_ms: 60 * MINUTE });
  pass(at.world, MINUTE);
  at.cluster.faults.arm({ kind: 'node_never_returns', node: WORKER });
  await at.talosctl('-n 10.5.1.1 reboot --wait=false');
  pass(at.world, 60 * SECOND);
  const { conditions } = (await at.ask(`/api/v1/nodes/${WORKER}`)).json.status as { conditions: { status: string }[] };
  expect(conditions.at(-1)).toMatchObject({ type: 'Ready', status: 'Unknown' });
});

it('wrong_identity: another machine answers talosctl, Kubernetes shows the right one', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'wrong_identity', node: WORKER, as_node: 'small-worker-2' });
  const read = await at.talosctl('-n 10.5.1.1 read /proc/sys/kernel/random/boot_id');
  expect(read.stdout.trim()).toBe(at.cluster.machines.get('small-worker-2')?.boot_id);
  const node = await at.ask(`/api/v1/nodes/${WORKER}`);
  expect(valueAt(node.json, 'status', 'nodeInfo', 'bootID')).toBe(at.cluster.machines.get(WORKER)?.boot_id);
});
