import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesText, relativeTime } from '../../../src/simulation/talosctl-face/humanize.ts';
import { smallWorld } from '../world/worlds.ts';
import { talosctl } from './terminal.ts';

const { world, cluster } = smallWorld();
const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('what a node says of its resources', () => {
  it.each([
    [
      'containers',
      /^NODE {7}NAMESPACE {3}ID {7}IMAGE {3}PID {4}STATUS$/,
      /^10\.5\.0\.2 {3}system {6}apid {13}\d{4} {3}RUNNING$/,
    ],
    ['stats', /^NODE {7}NAMESPACE {3}ID {7}MEMORY\(MB\) {3}CPU$/, /^10\.5\.0\.2 {3}system {6}apid {5}\d+\.\d\d +\d+$/],
    [
      'memory',
      /^NODE {7}TOTAL {3}USED {3}FREE {3}SHARED {3}BUFFERS {3}CACHE {3}AVAILABLE$/,
      /^10\.5\.0\.2 {3}8192 {4}\d+ +\d+ +54 {7}0 {9}\d+ +\d+$/,
    ],
    [
      'time',
      /^NODE {7}NTP-SERVER {12}NODE-TIME {23}NTP-SERVER-TIME$/,
      /^10\.5\.0\.2 {3}time\.cloudflare\.com {3}2026-11-22 08:00:00 \+0000 UTC {3}2026-11-22 08:00:00 \+0000 UTC$/,
    ],
    [
      'get disks',
      /^NODE {7}NAMESPACE {3}TYPE {3}ID {4}VERSION {3}SIZE {5}READ ONLY {3}TRANSPORT {3}ROTATIONAL {3}WWID +MODEL +SERIAL$/,
      /^10\.5\.0\.2 {3}runtime {5}Disk {3}sda {3}1 {9}512 GB {3}false {7}sata {8} +naa\.5/,
    ],
    ['get timestatus', /TYPE {9}ID {5}VERSION {3}SYNCED$/, /true$/],
    ['get systemdisk', /DISK$/, /sda$/],
    ['get staticpodstatus', /READY$/, /kube-system\/kube-apiserver-small-cp-1 +1 +True$/],
  ])('talosctl %s', async (command, header, row) => {
    const { stdout, exit } = await talosctl(world, `${command} -n 10.5.0.2`);
    expect(lines(stdout)[0]).toMatch(header);
    expect(lines(stdout)[1]).toMatch(row);
    expect(exit).toBe(0);
  });

  it('containers -k: sandboxes with their containers below, on several nodes', async () => {
    const { stdout } = await talosctl(world, 'containers -k -n 10.5.0.2,10.5.1.1');
    expect(stdout).toMatch(
      /^10\.5\.0\.2 {3}k8s\.io {6}kube-system\/kube-apiserver-small-cp-1 +registry\.k8s\.io\/pause:3\.10 +\d+ +SANDBOX_READY$/m,
    );
    expect(stdout).toMatch(
      /^10\.5\.0\.2 {3}k8s\.io {6}└─ kube-system\/kube-apiserver-small-cp-1:kube-apiserver:[0-9a-f]{12} +registry\.k8s\.io\/kube-apiserver:v1\.35\.4 +\d+ +CONTAINER_RUNNING$/m,
    );
    const pods = cluster.pods.onNode('small-worker-1').length;
    expect(stdout.match(/^10\.5\.1\.1 .*SANDBOX_READY$/gm)).toHaveLength(pods);
  });

  it('image list and pull', async () => {
    const list = async (): Promise<string[]> => lines((await talosctl(world, 'image list -n 10.5.1.1')).stdout);
    const [header, ...rows] = await list();
    expect(header).toMatch(/^NODE +IMAGE +DIGEST +SIZE +CREATED$/);
    expect(rows[0]).toMatch(
      /^10\.5\.1\.1 {3}\S+ +sha256:[0-9a-f]{64} +\d+(\.\d)? [kM]B +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );
    const pulled = await talosctl(world, 'image pull ghcr.io/example/app:v1 -n 10.5.1.1');
    expect([pulled.stdout, pulled.exit]).toEqual(['', 0]);
    expect((await list()).filter(row => row.includes('ghcr.io/example/app:v1'))).toHaveLength(1);
    cluster.faults.arm({ kind: 'image_missing', node: 'small-worker-1' });
    const missing = await talosctl(world, 'image pull ghcr.io/example/app:v2 -n 10.5.1.1');
    expect(missing.stderr).toContain('failed to resolve reference "ghcr.io/example/app:v2"');
    expect(missing.exit).toBe(1);
  });

  it('kubernetesdynamiccerts holds certificates with their end, on the control plane only', async () => {
    const { stdout } = await talosctl(world, 'get kubernetesdynamiccerts -o json -n 10.5.0.2');
    const { spec } = JSON.parse(stdout) as { spec: { apiServer: { crt: string } } };
    const certificate = new X509Certificate(Buffer.from(spec.apiServer.crt, 'base64'));
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(world.now());
    expect((await talosctl(world, 'get kubernetesdynamiccerts -n 10.5.1.1')).stdout).toBe('');
  });

  it('of several nodes the ones that do not answer are a warning, exit code 0', async () => {
    const { stdout, stderr, exit } = await talosctl(world, 'memory -n 10.5.0.2,10.9.9.9');
    expect(lines(stdout)).toHaveLength(2);
    expect(stderr).toMatch(/^WARNING: 1 error occurred:\n\t\* 10\.9\.9\.9: rpc error: code = Unavailable/);
    expect(exit).toBe(0);
  });

  it.each([
    ['disks -n 10.5.0.2', '`talosctl disks` is deprecated, please use `talosctl get disks`'],
    ['get discoveredvolumes -n 10.5.0.2', 'not simulated: talosctl get discoveredvolumes'],
    ['get links --watch -n 10.5.0.2', 'not simulated: talosctl get --watch'],
    ['image list --namespace x -n 10.5.0.2', 'unsupported namespace "x"'],
  ])('%s is an error with exit code 1', async (line, message) => {
    const { stdout, stderr, exit } = await talosctl(world, line);
    expect([stdout, stderr.includes(message), exit], stderr).toEqual(['', true, 1]);
  });
});

describe('numbers as talosctl writes them', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [3_551_232, '3.6 MB'],
    [21_000_000, '21 MB'],
    [512_110_190_592, '512 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  const DAY = 86_400_000;
  it.each([
    [365 * DAY, '1 year from now'],
    [3_650 * DAY, '10 years from now'],
    [20 * DAY, '2 weeks from now'],
    [-3 * DAY, '3 days ago'],
    [0, 'now'],
  ])('%d ms away is %s', (ms, text) => expect(relativeTime(ms, 0)).toBe(text));
});
