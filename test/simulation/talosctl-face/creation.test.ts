import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFleetSpec } from '../../../src/simulation/fleet.ts';
import { isReady } from '../../../src/simulation/world/pods.ts';
import { machineOf, pass, passUntil, SECOND, smallWorld } from '../world/worlds.ts';
import { folder, talosctl } from './terminal.ts';

const configOf = (role: string): string =>
  `version: v1alpha1\nmachine:\n  type: ${role}\n  install:\n    disk: /dev/sda\n    image: factory.talos.dev/metal-installer/${'0'.repeat(64)}:v1.12.11\ncluster:\n  clusterName: small\n`;

describe('a cluster that awaits its creation', () => {
  it('has machines without a configuration and no Kubernetes; configured and bootstrapped once, it is whole', async () => {
    const { world, cluster } = smallWorld({ awaits_creation: true, pods: 0, budgets: 0, workers: 1 });
    expect([...cluster.machines.values()].map(({ stage }) => stage)).toEqual(Array(4).fill('maintenance'));
    expect([cluster.store.list('nodes'), cluster.etcd.members]).toEqual([[], []]);
    pass(world, 60 * SECOND);
    writeFileSync(join(folder, 'controlplane.yaml'), configOf('controlplane'));
    writeFileSync(join(folder, 'worker.yaml'), configOf('worker'));
    for (const { ip, role } of cluster.machines.values())
      expect((await talosctl(world, `apply-config --insecure -f ${role}.yaml -n ${ip}`)).exit).toBe(0);
    passUntil(world, () =>
      [...cluster.machines.values()].every(({ stage }) => stage === 'booting' || stage === 'running'),
    );
    pass(world, 60 * SECOND);
    expect(cluster.etcd.members).toEqual([]);

    expect((await talosctl(world, 'bootstrap -n 10.5.0.2 -e 10.5.0.2')).exit).toBe(0);
    passUntil(world, () => cluster.store.list('nodes').filter(isReady).length === 4);
    passUntil(world, () => cluster.etcd.healthyMembers().length === 3);
    const again = await talosctl(world, 'bootstrap -n 10.5.0.2 -e 10.5.0.2');
    expect(again.stderr).toContain('etcd data directory is not empty');
    expect(cluster.ledger.report()).toMatchObject({
      bootstraps: [{ node: 'small-cp-1', kind: 'anew' }],
      etcd_quorum_lost: 0,
      max_installs_per_boot: 1,
    });
    passUntil(world, () =>
      cluster.store
        .list('pods')
        .filter(isReady)
        .some(pod => pod.metadata.labels?.['k8s-app'] === 'kube-dns'),
    );
    expect(machineOf(cluster, 'small-worker-1').kubelet_runs).toBe(true);
  });

  it('is asked for in the clusters file, without pods', () => {
    const cluster = { name: 'edge', control_planes: 1, workers: 0, awaits_creation: true };
    expect(readFleetSpec({ clusters: [cluster] }).clusters).toMatchObject([{ ...cluster, pods: 0, budgets: 0 }]);
    expect(() => readFleetSpec({ clusters: [{ ...cluster, awaits_creation: 'yes' }] })).toThrow('awaits_creation');
  });
});
