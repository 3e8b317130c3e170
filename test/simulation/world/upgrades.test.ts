import { describe, expect, it } from 'vitest';
import { at } from '../../../src/simulation/kubernetes-api/json.ts';
import { isCordoned } from '../../../src/simulation/world/controllers/node-fit.ts';
import { CORDONED_BY_TALOS, cordon, uncordon } from '../../../src/simulation/world/machines/node-drain.ts';
import {
  abandonPull,
  orderInstall,
  orderLegacyUpgrade,
  orderReboot,
  orderRollback,
} from '../../../src/simulation/world/machines/sequences.ts';
import { isReady } from '../../../src/simulation/world/pods.ts';
import { drain } from './drains.ts';
import { imageOf, MINUTE, machineOf, nodeOf, pass, passUntil, SECOND, smallWorld } from './worlds.ts';

const WORKER = 'small-worker-1';

describe('an upgrade of a machine', () => {
  it('by the legacy call cordons, drains, installs, reboots and lifts its own cordon', () => {
    const { world, cluster } = smallWorld();
    const machine = machineOf(cluster, WORKER);
    const before = { boot: machine.boot_id, uuid: machine.system_uuid };
    orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false });
    pass(world, 11 * SECOND);
    expect(nodeOf(cluster, WORKER).metadata.annotations).toHaveProperty([CORDONED_BY_TALOS]);
    passUntil(world, () => machine.stage === 'running' && machine.boot_id !== before.boot);
    const node = nodeOf(cluster, WORKER);
    expect(at(node, 'status', 'nodeInfo')).toMatchObject({
      osImage: 'Talos (v1.13.9)',
      bootID: machine.boot_id,
      systemUUID: before.uuid,
      kernelVersion: expect.stringMatching(/-talos$/),
    });
    expect(isReady(node)).toBe(true);
    expect(isCordoned(node)).toBe(false);
    expect(machine.slots).toMatchObject({ A: { version: 'v1.12.11' }, B: { version: 'v1.13.9' } });
    expect(cluster.ledger.report()).toMatchObject({
      max_installs_per_boot: 1,
      max_reboots_per_boot: 1,
      pdb_violations: 0,
    });
  });

  it('leaves a cordon alone that somebody else set', () => {
    const { world, cluster } = smallWorld();
    const machine = machineOf(cluster, WORKER);
    cordon(cluster, WORKER);
    orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false });
    passUntil(world, () => machine.running.version === 'v1.13.9' && machine.stage === 'running');
    expect(isCordoned(nodeOf(cluster, WORKER))).toBe(true);
  });

  it('by the legacy call goes on after five minutes although a budget refuses, which is a violation', () => {
    const { world, cluster } = smallWorld({ budgets: 1 });
    const [budget] = cluster.store.list('poddisruptionbudgets.policy');
    if (budget === undefined) throw new Error('no budget');
    const spec = { ...(budget.spec as Record<string, unknown>), maxUnavailable: 0 };
    cluster.store.replace('poddisruptionbudgets.policy', { ...budget, spec });
    pass(world, SECOND);
    const machine = machineOf(cluster, WORKER);
    orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false });
    pass(world, 4 * MINUTE);
    expect(machine.stage).toBe('upgrading');
    expect(machine.kubelet_runs).toBe(true);
    passUntil(world, () => machine.running.version === 'v1.13.9' && machine.stage === 'running');
    const report = cluster.ledger.report();
    expect(report.evictions_refused).toBeGreaterThan(10);
    expect(report.pdb_violations).toBeGreaterThan(0);
    expect(report.pdb_violation_list[0]).toMatchObject({ cause: 'node_down', budget: 'edge/gateway' });
  });

  it('by the lifecycle call only writes the other slot; a second install in one boot leaves nothing to roll back to', () => {
    const { world, cluster } = smallWorld({ talos_version: 'v1.13.2' });
    const machine = machineOf(cluster, WORKER);
    orderInstall(cluster, machine, imageOf(cluster, 'v1.13.8'));
    pass(world, MINUTE);
    expect(machine).toMatchObject({ stage: 'running', running: { version: 'v1.13.2' }, next_slot: 'B' });
    orderInstall(cluster, machine, imageOf(cluster, 'v1.13.9'));
    pass(world, MINUTE);
    expect(machine.slots).toMatchObject({ A: { version: 'v1.13.9' }, B: { version: 'v1.13.8' } });
    expect(cluster.ledger.report().max_installs_per_boot).toBe(2);
  });

  it('rolls back to the other slot, and not when that is empty', () => {
    const { world, cluster } = smallWorld();
    const machine = machineOf(cluster, WORKER);
    expect(orderRollback(cluster, machine)).toBeUndefined();
    orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false });
    passUntil(world, () => machine.running.version === 'v1.13.9' && machine.stage === 'running');
    expect(orderRollback(cluster, machine)).toBeDefined();
    passUntil(world, () => machine.running.version === 'v1.12.11' && machine.stage === 'running');
    expect(at(nodeOf(cluster, WORKER), 'status', 'nodeInfo', 'osImage')).toBe('Talos (v1.12.11)');
  });

  it('is not begun when the caller leaves while the image is pulled', () => {
    const { world, cluster } = smallWorld();
    const machine = machineOf(cluster, WORKER);
    abandonPull(machine, orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false }));
    pass(world, 10 * MINUTE);
    expect(machine).toMatchObject({ stage: 'running', running: { version: 'v1.12.11' } });
    expect(cluster.ledger.report().installs).toEqual([]);
  });

  it('skipping a minor too many is refused by the installer: the machine comes back as it was', () => {
    const { world, cluster } = smallWorld({ talos_version: 'v1.11.6' });
    const machine = machineOf(cluster, WORKER);
    orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster, 'v1.14.0'), skips_etcd_check: false });
    passUntil(world, () => machine.boots === 2 && machine.stage === 'running');
    expect(machine.running.version).toBe('v1.11.6');
    expect(machine.console.map(({ text }) => text).join('\n')).toContain(
      'pre-flight checks failed: host version 1.11.6 is too old to upgrade to Talos 1.14.0',
    );
  });

  it('loses its extensions with an image of another schematic', () => {
    const { world, cluster } = smallWorld();
    const machine = machineOf(cluster, WORKER);
    orderLegacyUpgrade(cluster, machine, { image: 'ghcr.io/siderolabs/installer:v1.13.9', skips_etcd_check: false });
    passUntil(world, () => machine.running.version === 'v1.13.9' && machine.stage === 'running');
    expect(cluster.schematics[machine.running.schematic]).toBeUndefined();
  });
});

describe('a rolling upgrade done right', () => {
  it('violates no budget, never has two control plane nodes down and never loses quorum', () => {
    const { world, cluster } = smallWorld();
    for (const machine of cluster.machines.values()) {
      drain(world, cluster, machine.name);
      orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false });
      passUntil(world, () => machine.running.version === 'v1.13.9' && machine.stage === 'running');
      uncordon(cluster, machine.name);
      passUntil(world, () => cluster.etcd.healthyMembers().length === 3 && cluster.store.list('nodes').every(isReady));
      pass(world, 2 * MINUTE);
    }
    const report = cluster.ledger.report();
    expect(report).toMatchObject({
      pdb_violations: 0,
      control_plane_overlaps: 0,
      control_plane_down_maximum: 1,
      etcd_quorum_lost: 0,
      etcd_healthy_minimum: 2,
      max_installs_per_boot: 1,
      max_reboots_per_boot: 1,
    });
    expect(report.installs).toHaveLength(6);
    expect(report.evictions_accepted).toBeGreaterThan(30);
    expect(report.evictions_refused).toBeGreaterThan(0);
  }, 60_000);

  it('done wrong is seen: two control plane nodes down overlap and lose quorum, an undrained reboot violates', () => {
    const { world, cluster } = smallWorld();
    orderReboot(cluster, machineOf(cluster, 'small-cp-1'));
    orderReboot(cluster, machineOf(cluster, 'small-cp-2'));
    orderReboot(cluster, machineOf(cluster, WORKER));
    pass(world, 30 * SECOND);
    expect(cluster.apiServerIsUp('small-cp-3')).toBe(false);
    pass(world, 10 * MINUTE);
    expect(cluster.ledger.report()).toMatchObject({
      control_plane_overlaps: 1,
      control_plane_down_maximum: 2,
      etcd_quorum_lost: 1,
      etcd_healthy_minimum: 1,
    });
    expect(cluster.ledger.report().pdb_violations).toBeGreaterThan(0);
    expect(cluster.store.list('nodes').every(isReady)).toBe(true);
  });
});
