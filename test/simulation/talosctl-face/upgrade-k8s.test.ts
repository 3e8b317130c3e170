import { describe, expect, it } from 'vitest';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { containersOf, isReady } from '../../../src/simulation/world/pods.ts';
import { machineOf, nodeOf, pass, SECOND, smallWorld } from '../world/worlds.ts';
import { startTalosctl, talosctl } from './terminal.ts';

const TO = '1.35.6';
const lines = (text: string): string[] => text.trimEnd().split('\n');

const imageOfPod = (cluster: SimCluster, name: string): unknown => {
  const pod = cluster.store.get('pods', 'kube-system', name);
  return pod === undefined ? undefined : containersOf(pod)[0]?.image;
};

const kubeletsOf = (cluster: SimCluster): string[] =>
  cluster.store
    .list('nodes')
    .map(node => (node.status as { nodeInfo: { kubeletVersion: string } }).nodeInfo.kubeletVersion);

describe('talosctl upgrade-k8s', () => {
  it('upgrades control plane, kube-proxy and kubelets without a reboot, and tells it on stdout', async () => {
    const { world, cluster } = smallWorld();
    const boots = [...cluster.machines.values()].map(({ boot_id: id }) => id);
    const { stdout, stderr, exit } = await talosctl(world, `upgrade-k8s -n 10.5.0.2 --to ${TO}`);
    expect(exit).toBe(0);
    expect(stderr).toBe('WARNING: 10.5.0.2: server version 1.12.11 is older than client version 1.13.9\n');
    const said = lines(stdout);
    expect(said.slice(0, 6)).toEqual([
      'automatically detected the lowest Kubernetes version 1.35.4',
      'discovered controlplane nodes ["10.5.0.2" "10.5.0.3" "10.5.0.4"]',
      'discovered worker nodes ["10.5.1.1" "10.5.1.2" "10.5.1.3"]',
      'checking for removed Kubernetes component flags',
      'checking for removed Kubernetes API resource versions',
      ' > "10.5.0.2": pre-pulling registry.k8s.io/kube-apiserver:v1.35.6',
    ]);
    const first = said.indexOf('updating "kube-apiserver" to version "1.35.6"');
    expect(said.slice(first, first + 6)).toEqual([
      'updating "kube-apiserver" to version "1.35.6"',
      ' > "10.5.0.2": starting update',
      ' > update kube-apiserver: 1.35.4 -> 1.35.6',
      ' > "10.5.0.2": machine configuration patched',
      ' > "10.5.0.2": waiting for kube-apiserver pod update',
      ' < "10.5.0.2": successfully updated',
    ]);
    const kubelet = said.indexOf('updating kubelet to version "1.35.6"');
    expect(said.slice(kubelet, kubelet + 7)).toEqual([
      'updating kubelet to version "1.35.6"',
      ' > "10.5.0.2": starting update',
      ' > update kubelet: 1.35.4 -> 1.35.6',
      ' > "10.5.0.2": machine configuration patched',
      ' > "10.5.0.2": waiting for kubelet restart',
      ' > "10.5.0.2": waiting for node update',
      ' < "10.5.0.2": successfully updated',
    ]);
    expect(said).toContain('updating manifests');
    expect(said).toContain(' > processing manifest DaemonSet kube-proxy');
    expect(new Set(kubeletsOf(cluster))).toEqual(new Set(['v1.35.6']));
    for (const component of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
      expect(imageOfPod(cluster, `${component}-small-cp-3`)).toBe(`registry.k8s.io/${component}:v1.35.6`);
    expect(cluster.kubernetesVersion).toBe('v1.35.6');
    const proxies = cluster.store.list('pods').filter(pod => pod.metadata.labels?.['k8s-app'] === 'kube-proxy');
    expect(new Set(proxies.map(pod => containersOf(pod)[0]?.image))).toEqual(
      new Set(['registry.k8s.io/kube-proxy:v1.35.6']),
    );
    expect(proxies.every(isReady)).toBe(true);
    expect([...cluster.machines.values()].map(({ boot_id: id }) => id)).toEqual(boots);
    expect(cluster.ledger.report()).toMatchObject({ reboots: [], control_plane_overlaps: 0, etcd_quorum_lost: 0 });
  });

  it('with --dry-run shows the plan and changes nothing', async () => {
    const { world, cluster } = smallWorld();
    const { stdout, exit } = await talosctl(world, `upgrade-k8s -n 10.5.0.2 --to ${TO} --dry-run`);
    expect(exit).toBe(0);
    expect(stdout).toContain(' > update kube-scheduler: 1.35.4 -> 1.35.6\n > skipped in dry-run\n');
    expect(stdout).not.toContain('successfully updated');
    expect(new Set(kubeletsOf(cluster))).toEqual(new Set(['v1.35.4']));
    expect(machineOf(cluster, 'small-cp-1').config).toBeUndefined();
  });

  it('killed half-way leaves two versions; done again it goes on with what is left', async () => {
    const { world, cluster } = smallWorld();
    const terminal = startTalosctl(world, `upgrade-k8s -n 10.5.0.2 --to ${TO} --pre-pull-images=false`);
    for (let second = 0; second < 600 && !terminal.stdout.includes('updating "kube-scheduler"'); second += 1) {
      await new Promise(resolve => setImmediate(resolve));
      pass(world, SECOND);
    }
    terminal.kill();
    await terminal.done;
    pass(world, 60 * SECOND);
    expect(cluster.kubernetesVersion).toBe('v1.35.6');
    expect(imageOfPod(cluster, 'kube-scheduler-small-cp-3')).toBe('registry.k8s.io/kube-scheduler:v1.35.4');
    const again = await talosctl(world, `upgrade-k8s -n 10.5.0.3 --to ${TO} --pre-pull-images=false`);
    expect(again.exit).toBe(0);
    expect(lines(again.stdout)[0]).toBe('automatically detected the lowest Kubernetes version 1.35.4');
    expect(again.stdout).not.toContain('update kube-apiserver: ');
    expect(new Set(kubeletsOf(cluster))).toEqual(new Set(['v1.35.6']));
  });

  it.each([
    ['--from 1.33.0 --to 1.35.0', 'unsupported upgrade path 1.33->1.35 (from "1.33.0" to "1.35.0")'],
    ['--to 1.36.0', 'node "10.5.0.2": version of Kubernetes 1.36.0 is too new to be used with Talos 1.12.11'],
    ['--to nonsense', 'error creating upgrade path'],
  ])('%s is refused with exit code 1 and changes nothing', async (flags, message) => {
    const { world, cluster } = smallWorld();
    const { stderr, exit } = await talosctl(world, `upgrade-k8s -n 10.5.0.2 ${flags}`);
    expect([stderr.includes(message), exit], stderr).toEqual([true, 1]);
    expect(cluster.kubernetesVersion).toBe('v1.35.4');
  });

  it('is for one node, says so of several, and stops at an image that is missing', async () => {
    const { world, cluster } = smallWorld();
    const several = await talosctl(world, 'upgrade-k8s -n 10.5.0.2,10.5.0.3');
    expect(several.stderr).toMatch(/^command "upgrade-k8s" is not supported with multiple nodes\n\nUsage:/);
    cluster.faults.arm({ kind: 'image_missing', node: 'small-cp-2' });
    const { stderr, exit } = await talosctl(world, `upgrade-k8s -n 10.5.0.2 --to ${TO}`);
    expect(stderr).toContain(
      'failed pre-pulling images: error pre-pulling registry.k8s.io/kube-apiserver:v1.35.6 on 10.5.0.3',
    );
    expect(exit).toBe(1);
  });

  it('control plane nodes serve different versions meanwhile', async () => {
    const { world, cluster } = smallWorld();
    const terminal = startTalosctl(world, `upgrade-k8s -n 10.5.0.2 --to ${TO} --pre-pull-images=false`);
    for (
      let second = 0;
      second < 600 && !terminal.stdout.includes(' < "10.5.0.2": successfully updated');
      second += 1
    ) {
      await new Promise(resolve => setImmediate(resolve));
      pass(world, SECOND);
    }
    expect(['small-cp-1', 'small-cp-3'].map(name => cluster.apiServerVersion(name))).toEqual(['v1.35.6', 'v1.35.4']);
    expect(cluster.kubernetesVersion).toBe('v1.35.4');
    terminal.kill();
  });

  it('a node that reboots meanwhile comes back with the version it was told', async () => {
    const { world, cluster } = smallWorld();
    await talosctl(world, `upgrade-k8s -n 10.5.0.2 --to ${TO} --upgrade-kubelet=false`);
    await talosctl(world, 'reboot -n 10.5.0.4 -e 10.5.0.2');
    expect(imageOfPod(cluster, 'kube-apiserver-small-cp-3')).toBe('registry.k8s.io/kube-apiserver:v1.35.6');
    expect(nodeOf(cluster, 'small-cp-3').status).toMatchObject({ nodeInfo: { kubeletVersion: 'v1.35.4' } });
  });
});
