import { describe, expect, it } from 'vitest';
import { readClusterId } from '../../../src/talosctl/readers/cluster-info.ts';
import { readConfigOutcome, readConfigPreview } from '../../../src/talosctl/readers/config-outcome.ts';
import { readContainers, readStats } from '../../../src/talosctl/readers/containers.ts';
import { readDisks } from '../../../src/talosctl/readers/disks.ts';
import { readImages } from '../../../src/talosctl/readers/images.ts';
import { readKubernetesUpgrade } from '../../../src/talosctl/readers/kubernetes-upgrade.ts';
import { readMemory } from '../../../src/talosctl/readers/memory.ts';
import { readRotation } from '../../../src/talosctl/readers/rotation.ts';
import { readTime } from '../../../src/talosctl/readers/time.ts';
import { resourceText } from '../fixtures.ts';
import { refusal } from '../refusal.ts';

const NODE = '10.0.0.2';
const disk = (id: string, spec: Record<string, unknown>) =>
  resourceText(NODE, 'Disks.block.talos.dev', id, { dev_path: `/dev/${id}`, size: 512, readonly: false, ...spec });

const MEMORY = `NODE              TOTAL   USED   FREE   SHARED   BUFFERS   CACHE   AVAILABLE
192.168.189.128   2956    1010   206    54       0         1739    1911
`;
const TIME = `NODE       NTP-SERVER            NODE-TIME                                 NTP-SERVER-TIME
10.5.0.2   time.cloudflare.com   2026-11-22 08:00:01.250999999 +0000 UTC   2026-11-22 08:00:00 +0000 UTC
`;
const CONTAINERS = `NODE         NAMESPACE   ID                                                    IMAGE                       PID    STATUS
172.20.0.2   k8s.io      kube-system/kube-proxy-x                              registry.k8s.io/pause:3.10   2539   SANDBOX_READY
172.20.0.2   k8s.io      └─ kube-system/kube-proxy-x:kube-proxy:51c3aad7a271   registry.k8s.io/proxy:v1     2572   CONTAINER_RUNNING
172.20.0.2   system      apid                                                                              1900   RUNNING
`;
const STATS = `NODE       NAMESPACE   ID     MEMORY(MB)   CPU
10.5.0.2   system      apid   21.50        81000000
`;
const IMAGES_1_13 = `NODE       IMAGE                        DIGEST         SIZE    LABELS   CREATED
10.5.0.2   registry.k8s.io/pause:3.10   sha256:abcde   20 MB            2026-11-22T08:00:00Z
`;
const PLAN = `automatically detected the lowest Kubernetes version 1.35.4
discovered controlplane nodes ["10.5.0.2" "10.5.0.3"]
discovered worker nodes ["10.5.1.1"]
checking for removed Kubernetes component flags
updating "kube-apiserver" to version "1.36.3"
 > "10.5.0.2": starting update
 > update kube-apiserver: 1.35.4 -> 1.36.3
 > skipped in dry-run
 > "10.5.0.3": starting update
 > update kube-apiserver: v1.35.4 -> v1.36.3
 > skipped in dry-run
updating kube-proxy to version "1.36.3"
 > "10.5.0.2": starting update
 > skipped in dry-run
`;
const ROTATION = `> Starting Talos API PKI rotation, dry-run mode true...
> Cluster topology:
  - control plane nodes: ["10.5.0.2" "10.5.0.3"]
  - worker nodes: []
> New Talos CA:
  key: LS0tLS1CRUdJTiBFRDI1NTE5IFBSSVZBVEUgS0VZLS0tLS0=
`;
const DIFF = `Dry run summary:
Applied configuration with a reboot (skipped in dry-run).
Config diff:

--- a
+++ b
@@ -1 +1 @@
-    token: 8hr6tl.s3cr3ts3cr3ts3cr
+    token: 0hr6tl.s3cr3ts3cr3ts3cr
+    kubelet:
+        - image: ghcr.io/siderolabs/kubelet:v1.36.3
 unchanged: here
`;

describe('what talosctl tells of one machine', () => {
  it.each<[string, unknown, unknown]>([
    [
      'disks; loops and optical drives left out, empty fields not told',
      readDisks(
        disk('sda', { size: 512_110_190_592, model: 'SSD', transport: 'nvme' }) +
          disk('loop0', {}) +
          disk('sr0', { cdrom: true }),
      ),
      [
        {
          id: 'sda',
          dev_path: '/dev/sda',
          size_bytes: 512_110_190_592,
          model: 'SSD',
          serial: '',
          wwid: '',
          transport: 'nvme',
          rotational: false,
          read_only: false,
        },
      ],
    ],
    ['memory', readMemory(MEMORY), { total_mb: 2956, used_mb: 1010, free_mb: 206, available_mb: 1911 }],
    [
      'time, to the millisecond',
      readTime(TIME),
      {
        server: 'time.cloudflare.com',
        nodeTime: new Date('2026-11-22T08:00:01.250Z'),
        serverTime: new Date('2026-11-22T08:00:00Z'),
      },
    ],
    [
      'time in another zone',
      readTime(TIME.replace('08:00:00 +0000 UTC', '09:00:00 +0100 CET ')).serverTime,
      new Date('2026-11-22T08:00:00Z'),
    ],
    [
      'containers, without the branch before a pod’s',
      readContainers(CONTAINERS).map(({ id, image, pid, status }) => [id, image, pid, status]),
      [
        ['kube-system/kube-proxy-x', 'registry.k8s.io/pause:3.10', 2539, 'SANDBOX_READY'],
        ['kube-system/kube-proxy-x:kube-proxy:51c3aad7a271', 'registry.k8s.io/proxy:v1', 2572, 'CONTAINER_RUNNING'],
        ['apid', '', 1900, 'RUNNING'],
      ],
    ],
    ['stats', readStats(STATS), [{ namespace: 'system', id: 'apid', memory_mb: 21.5, cpu_nanoseconds: 81_000_000 }]],
    [
      'images, with the labels of newer ones',
      readImages(IMAGES_1_13),
      [
        {
          image: 'registry.k8s.io/pause:3.10',
          digest: 'sha256:abcde',
          size: '20 MB',
          created: '2026-11-22T08:00:00Z',
        },
      ],
    ],
    [
      'cluster id',
      readClusterId(resourceText(NODE, 'Info', 'current', { clusterId: 'a/b=', clusterName: 'x' })),
      'a/b=',
    ],
  ])('%s', (_, read, expected) => expect(read).toEqual(expected));

  it.each<[string, () => unknown]>([
    ['disks without a size', () => readDisks(disk('sda', { size: '512 GB' }))],
    ['memory of two nodes', () => readMemory(`${MEMORY}${MEMORY.split('\n')[1]}\n`)],
    ['memory that is not a number', () => readMemory(MEMORY.replace('2956', 'much'))],
    ['no time', () => readTime(TIME.replace('08:00:00 +0000 UTC', 'soon              '))],
    ['nothing for containers', () => readContainers('')],
    ['a table of something else for stats', () => readStats(CONTAINERS)],
    ['a process id that is none', () => readContainers(CONTAINERS.replace('1900', '-   '))],
    ['no cluster id', () => readClusterId(resourceText(NODE, 'Info', 'current', { clusterName: 'x' }))],
    ['a plan without a version', () => readKubernetesUpgrade('all is well')],
    ['a rotation without nodes', () => readRotation('> Starting Talos API PKI rotation')],
    ['silence after a configuration was sent', () => readConfigOutcome('')],
  ])('%s is not understood', (_, read) => expect(refusal(read)).toBe('unintelligible'));
});

describe('the plan of a Kubernetes upgrade', () => {
  it('names versions without the v, nodes and what changes on each, component by component', () => {
    expect(readKubernetesUpgrade(PLAN)).toEqual({
      from: '1.35.4',
      to: '1.36.3',
      control_plane: ['10.5.0.2', '10.5.0.3'],
      workers: ['10.5.1.1'],
      changes: [
        { node: '10.5.0.2', component: 'kube-apiserver', from: '1.35.4', to: '1.36.3' },
        { node: '10.5.0.3', component: 'kube-apiserver', from: '1.35.4', to: '1.36.3' },
      ],
    });
  });
});

describe('the plan of a rotation', () => {
  it('is the nodes it would reach; of the keys beside them nothing is told, not even when it is not understood', () => {
    expect(readRotation(ROTATION)).toEqual({ control_plane: ['10.5.0.2', '10.5.0.3'], workers: [] });
    const torn = ROTATION.replace('worker nodes', 'others');
    expect(refusal(() => readRotation(torn))).toBe('unintelligible');
    expect(() => readRotation(torn)).not.toThrow(/LS0t/);
  });
});

describe('how a configuration came into force', () => {
  it.each([
    ['Applied configuration without a reboot', { changed: true, reboots: false }],
    ['Applied configuration with a reboot: this config change can’t be applied in immediate mode', { reboots: true }],
    ['Staged configuration to be applied after the next reboot', { changed: true, reboots: false }],
    ['Apply was skipped: no changes detected.', { changed: false, reboots: false }],
    [
      "WARNING: something\npatched MachineConfigs.config.talos.dev/v1alpha1 at the node 10.0.0.2\nApplied configuration without a reboot\nThe config is applied in 'try' mode and will be automatically reverted back in 1m0s",
      { detail: 'Applied configuration without a reboot; automatically reverted back in 1m0s' },
    ],
  ])('%s', (text, expected) => expect(readConfigOutcome(`${text}\n`)).toMatchObject(expected));

  it('a dry run tells the keys that differ and no value', () => {
    const preview = readConfigPreview(DIFF);
    expect(preview).toEqual({ changes: true, reboots: true, changedKeys: ['image', 'kubelet', 'token'] });
    expect(JSON.stringify(preview)).not.toContain('s3cr3t');
    const same = 'Dry run summary:\nApplied configuration without a reboot (skipped in dry-run).\nNo changes.\n';
    expect(readConfigPreview(same)).toEqual({ changes: false, reboots: false, changedKeys: [] });
  });

  it('of what Talos quotes of the configuration nothing is told', () => {
    const { detail } = readConfigOutcome(`Applied configuration with a reboot: diff:\n${DIFF}`);
    expect(detail).toBe('Applied configuration with a reboot');
  });
});
