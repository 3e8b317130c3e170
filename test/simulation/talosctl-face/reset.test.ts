import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isCordoned } from '../../../src/simulation/world/controllers/node-fit.ts';
import { isReady } from '../../../src/simulation/world/pods.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { MINUTE, machineOf, nodeOf, pass, passUntil, smallWorld } from '../world/worlds.ts';
import { folder, talosctl } from './terminal.ts';

const CONFIG = (role: string): string =>
  `version: v1alpha1\nmachine:\n  type: ${role}\n  install:\n    disk: /dev/sda\n    image: factory.talos.dev/metal-installer/${'0'.repeat(64)}:v1.12.11\ncluster:\n  clusterName: small\n`;

const WIPE = 'reset --graceful=false --reboot --system-labels-to-wipe=EPHEMERAL --wait=false';

async function loseEtcd(world: SavedWorld): Promise<void> {
  for (const ip of ['10.5.0.2', '10.5.0.3', '10.5.0.4']) await talosctl(world, `${WIPE} -n ${ip} -e ${ip}`);
  pass(world, 4 * MINUTE);
}

describe('talosctl reset', () => {
  it('gracefully: drains, leaves etcd, wipes, and the machine waits in maintenance mode', async () => {
    const { world, cluster } = smallWorld();
    const { stderr, stdout, exit } = await talosctl(world, 'reset --reboot -n 10.5.0.4 -e 10.5.0.2');
    expect([stdout, exit]).toEqual(['', 0]);
    const said = stderr.split('\n').filter(line => line.startsWith('"10.5.0.4": '));
    for (const text of ['waiting for actor ID', 'sequence: reset action: START', 'phase: leave action: START'])
      expect(said).toContain(`"10.5.0.4": ${text}`);
    expect(said.at(-1)).toBe('"10.5.0.4": post check passed');
    const machine = machineOf(cluster, 'small-cp-3');
    expect(machine).toMatchObject({ stage: 'maintenance', slots: {}, is_wiped: true });
    expect(cluster.etcd.members.map(({ name }) => name)).toEqual(['small-cp-1', 'small-cp-2']);
    expect(cluster.ledger.report()).toMatchObject({ etcd_quorum_lost: 0, control_plane_overlaps: 0 });
    pass(world, 2 * MINUTE);
    expect(isReady(nodeOf(cluster, 'small-cp-3'))).toBe(false);
    const asked = await talosctl(world, 'version -n 10.5.0.4 -e 10.5.0.2');
    expect(asked.stderr).toContain('x509: certificate signed by unknown authority');
  });

  it('of a machine in maintenance mode: --insecure answers, a configuration installs it and it joins again', async () => {
    const { world, cluster } = smallWorld();
    await talosctl(world, 'reset --reboot -n 10.5.0.4 -e 10.5.0.2');
    const status = await talosctl(world, 'get machinestatus --insecure -n 10.5.0.4');
    expect(status.stdout.split('\n')[1]).toMatch(/^ +runtime {5}MachineStatus/);
    expect((await talosctl(world, 'get disks --insecure -n 10.5.0.2')).stderr).toContain('tls: certificate required');
    writeFileSync(join(folder, 'cp.yaml'), CONFIG('controlplane'));
    const applied = await talosctl(world, 'apply-config --insecure -f cp.yaml -n 10.5.0.4');
    expect([applied.stderr, applied.exit]).toEqual(['Applied configuration without a reboot\n', 0]);
    passUntil(world, () => machineOf(cluster, 'small-cp-3').is_ready);
    pass(world, MINUTE);
    expect(cluster.etcd.members.map(({ name, learner }) => [name, learner])).toEqual([
      ['small-cp-1', false],
      ['small-cp-2', false],
      ['small-cp-3', false],
    ]);
    expect(isReady(nodeOf(cluster, 'small-cp-3'))).toBe(true);
    expect(isCordoned(nodeOf(cluster, 'small-cp-3'))).toBe(false);
    expect(machineOf(cluster, 'small-cp-3').slots).toEqual({ A: { version: 'v1.12.11', schematic: '0'.repeat(64) } });
  });

  it('without --reboot turns the machine off; the Node stays and is not Ready', async () => {
    const { world, cluster } = smallWorld();
    const { exit } = await talosctl(world, 'reset --graceful=false -n 10.5.1.1');
    expect(exit).toBe(0);
    expect(machineOf(cluster, 'small-worker-1')).toMatchObject({ stage: 'off', is_wiped: true });
    pass(world, MINUTE);
    expect(isReady(nodeOf(cluster, 'small-worker-1'))).toBe(false);
  });

  it('a single control plane node cannot leave etcd: the sequence fails and the node stays cordoned', async () => {
    const { world, cluster } = smallWorld({ control_planes: 1, pods: 60 });
    const { stderr, exit } = await talosctl(world, 'reset --reboot -n 10.5.0.2');
    expect(stderr).toContain('task 1/1: failed, failed to leave cluster: 1 error(s) occurred:');
    expect(stderr).toContain('etcdserver: re-configuration failed due to not enough started members');
    expect(exit).toBe(1);
    expect(isCordoned(nodeOf(cluster, 'small-cp-1'))).toBe(true);
    expect(machineOf(cluster, 'small-cp-1')).toMatchObject({ stage: 'running', boots: 1 });
  });

  it.each([
    ['reset --wait --insecure -n 10.5.1.1', 'cannot use --wait and --insecure together'],
    [
      'reset --wipe-mode half -n 10.5.1.1',
      'invalid argument "half" for "--wipe-mode" flag: possible options are: all, system-disk, user-disks',
    ],
    [
      'reset --wait=false --system-labels-to-wipe=NOTHING -n 10.5.1.1',
      'failed to reset: volume "NOTHING" is not located',
    ],
    ['reset --user-disks-to-wipe /dev/sdb -n 10.5.1.1', 'not simulated: talosctl reset of user disks'],
  ])('%s is an error', async (line, message) => {
    const { world, cluster } = smallWorld();
    const { stderr, exit } = await talosctl(world, line);
    expect([stderr.includes(message), exit], stderr).toEqual([true, 1]);
    expect(machineOf(cluster, 'small-worker-1').stage).toBe('running');
  });
});

describe('talosctl bootstrap', () => {
  it('happens once in the life of a cluster', async () => {
    const { world } = smallWorld();
    const { stderr, exit } = await talosctl(world, 'bootstrap -n 10.5.0.2');
    expect(stderr).toBe(
      'error executing bootstrap: rpc error: code = AlreadyExists desc = etcd data directory is not empty\n',
    );
    expect(exit).toBe(1);
    const worker = await talosctl(world, 'bootstrap -n 10.5.1.1');
    expect(worker.stderr).toContain(
      'FailedPrecondition desc = bootstrap can only be performed on a control plane node',
    );
  });

  it('--recover-from brings the snapshot back after all of etcd was lost, and the others join', async () => {
    const { world, cluster } = smallWorld();
    const snapshot = await talosctl(world, 'etcd snapshot db.snapshot -n 10.5.0.2');
    const bytes = snapshot.files.get(join(folder, 'db.snapshot')) ?? Buffer.alloc(0);
    writeFileSync(join(folder, 'db.snapshot'), bytes);
    const broken = Buffer.from(bytes);
    broken[10] = (broken[10] ?? 0) ^ 1;
    writeFileSync(join(folder, 'broken.snapshot'), broken);
    const { uid } = cluster.store.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'made-later' },
    }).metadata;
    await loseEtcd(world);
    expect(cluster.etcd.hasQuorum()).toBe(false);
    expect((await talosctl(world, 'service etcd -n 10.5.0.2')).stdout).toContain('Preparing');
    const refused = await talosctl(world, 'bootstrap -n 10.5.0.2 --recover-from broken.snapshot');
    expect(refused.stderr).toContain('expected sha256 [');
    const { stdout, exit } = await talosctl(world, 'bootstrap -n 10.5.0.2 --recover-from ./db.snapshot');
    expect(stdout).toMatch(
      /^recovering from snapshot "\.\/db\.snapshot": hash [0-9a-f]{8}, revision \d+, total keys \d+, total size \d+\n$/,
    );
    expect(exit).toBe(0);
    expect(uid).toBeDefined();
    expect(cluster.store.get('configmaps', 'default', 'made-later')).toBeUndefined();
    pass(world, 5 * MINUTE);
    expect(new Set(cluster.etcd.members.map(({ name, learner }) => `${name} ${learner}`))).toEqual(
      new Set(['small-cp-1 false', 'small-cp-2 false', 'small-cp-3 false']),
    );
    expect(cluster.store.list('nodes').every(isReady)).toBe(true);
    const again = await talosctl(world, 'bootstrap -n 10.5.0.3');
    expect(again.stderr).toContain('AlreadyExists');
  });

  it('without a snapshot makes an empty Kubernetes whose nodes register anew', async () => {
    const { world, cluster } = smallWorld();
    await loseEtcd(world);
    expect((await talosctl(world, 'bootstrap -n 10.5.0.3')).exit).toBe(0);
    pass(world, 5 * MINUTE);
    expect(cluster.store.list('deployments.apps').map(({ metadata }) => metadata.name)).toEqual(['coredns']);
    expect(cluster.store.list('nodes')).toHaveLength(6);
    expect(cluster.store.list('nodes').every(isReady)).toBe(true);
    expect(cluster.store.list('pods').filter(pod => pod.metadata.labels?.tier === 'control-plane')).toHaveLength(9);
  });
});
