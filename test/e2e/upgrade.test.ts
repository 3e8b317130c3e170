import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/model/operation.ts';
import { CLUSTER, type Home, type Ledger, openHome } from './division-home.ts';
import type { Host } from './host.ts';
import { untilGone } from './processes.ts';

/** What was done to the fleet; times and reads go on by themselves. */
const deeds = ({ installs, reboots, evictions_by_pod_uid }: Ledger) => ({ installs, reboots, evictions_by_pod_uid });

describe('a fleet of 3 control plane nodes and 2 workers, upgraded through a real client', () => {
  let home: Home;
  let host: Host;
  let planHash: unknown;
  let operation: Operation;
  beforeAll(async () => {
    home = await openHome();
    host = await home.host();
    const plan = await host.call('rolling_upgrade', { clusters: [CLUSTER], to_version: 'v1.13.9' });
    planHash = plan.structured.plan_hash;
    const started = await host.call('rolling_upgrade', { plan_hash: planHash });
    operation = await host.end(String(started.structured.operation_id), 'succeeded');
  }, 120_000);
  afterAll(() => home.remove());

  it('succeeds with every node done', () => {
    expect(operation).toMatchObject({ status: 'succeeded', progress: { done: 5, total: 5 }, simulated: true });
    expect(operation.nodes_by_state).toEqual({ done: 5 });
    expect(operation.metrics).toMatchObject({ pdb_violations: 0, control_plane_overlaps: 0 });
  });

  it('R215: broke no rule by the simulation’s own ledger: one install and one reboot a boot, budgets, control plane, quorum', async () => {
    const ledger = await home.ledger();
    expect(ledger).toMatchObject({
      max_installs_per_boot: 1,
      max_reboots_per_boot: 1,
      pdb_violations: 0,
      control_plane_overlaps: 0,
      etcd_quorum_lost: 0,
    });
    expect(ledger.installs).toHaveLength(5);
    expect(ledger.reboots).toHaveLength(5);
    expect(Math.max(...Object.values(ledger.evictions_by_pod_uid))).toBe(1);
  });

  it('R116: gave every cordon back, and the cluster is healthy at the target', async () => {
    const health = await host.call('cluster_health');
    expect(health.structured).toMatchObject({ overall_status: 'healthy', stale: false, simulated: true });
    for (const node of await home.nodes()) {
      expect(node).toMatchObject({ version: 'v1.13.9', cordoned: false, ready: true });
    }
  });

  it('R303: took a whole etcd snapshot first, for this user alone', async () => {
    const [snapshot] = operation.snapshots;
    expect(operation.snapshots).toHaveLength(1);
    const file = await stat(snapshot?.path ?? '');
    expect(file.mode & 0o777).toBe(0o600);
    // A bolt database in pages of 512 bytes and more, followed by its sha256.
    expect(file.size % 512).toBe(32);
    expect(file.size).toBe(snapshot?.bytes);
    expect(snapshot?.path.startsWith(home.division)).toBe(false);
  });

  it('started again, the same plan is the same operation, without effect', async () => {
    const before = { deeds: deeds(await home.ledger()), entries: (await home.journal(operation.operation_id)).length };
    const again = await host.call('rolling_upgrade', { plan_hash: planHash });
    expect(again.structured).toMatchObject({ operation_id: operation.operation_id, status: 'succeeded' });
    expect(deeds(await home.ledger())).toEqual(before.deeds);
    expect(await home.journal(operation.operation_id)).toHaveLength(before.entries);
  });

  it('stays upgraded after its executor and simulation ended and others were started', async () => {
    const [executor, simulation] = [await home.executorPid(), (await home.simulation()).pid];
    process.kill(executor, 'SIGTERM');
    await Promise.all([untilGone(executor), untilGone(simulation)]);
    const health = await host.call('cluster_health');
    expect(health.structured).toMatchObject({ overall_status: 'healthy' });
    expect(await home.executorPid()).not.toBe(executor);
    expect((await home.simulation()).pid).not.toBe(simulation);
    for (const node of await home.nodes()) expect(node.version).toBe('v1.13.9');
    expect((await host.operation(operation.operation_id)).status).toBe('succeeded');
  });
});
