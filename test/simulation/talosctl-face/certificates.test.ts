import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TalosContext } from '../../../src/simulation/talosctl-face/talosconfig.ts';
import { parseTalosConfig, talosconfigText } from '../../../src/simulation/talosctl-face/talosconfig.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { talosIdentity } from '../../../src/simulation/world/pki.ts';
import { MINUTE, pass, smallWorld } from '../world/worlds.ts';
import { folder, talosctl } from './terminal.ts';

const home = mkdtempSync(join(tmpdir(), 'certificates-'));
const ENDPOINTS = ['10.5.0.2', '10.5.0.3', '10.5.0.4'];
const DAY = 24 * 60 * MINUTE;

function configOf(cluster: SimCluster, change: Partial<TalosContext> = {}): string {
  const path = join(home, `config-${Math.round(performance.now() * 1_000)}`);
  const context = { name: 'small', endpoints: ENDPOINTS, nodes: ['10.5.0.2'], ...talosIdentity(cluster), ...change };
  writeFileSync(path, talosconfigText(context));
  return path;
}

const endOf = (base64: string | undefined): number =>
  Date.parse(new X509Certificate(Buffer.from(base64 ?? '', 'base64')).validTo);

describe('the client certificate of a talosconfig', () => {
  it('is shown by config info with its roles and its end', async () => {
    const { world, cluster } = smallWorld();
    const config = configOf(cluster);
    expect((await talosctl(world, `config info --talosconfig ${config}`)).stdout).toBe(
      [
        'Current context:     small',
        'Nodes:               10.5.0.2',
        'Endpoints:           10.5.0.2, 10.5.0.3, 10.5.0.4',
        'Roles:               os:admin',
        'Certificate expires: 1 year from now (2027-11-22)',
        '',
      ].join('\n'),
    );
    const json = (await talosctl(world, `config info -o json --talosconfig ${config}`)).stdout;
    expect(JSON.parse(json)).toMatchObject({ roles: ['os:admin'], certNotAfter: '2027-11-22' });
  });

  it('is renewed by config new, also for a shorter time and a lesser role, which apid then minds', async () => {
    const { world, cluster } = smallWorld();
    const line = `config new reader --roles os:reader --crt-ttl 24h --talosconfig ${configOf(cluster)}`;
    const { files, stdout, exit } = await talosctl(world, line);
    expect([stdout, exit]).toEqual(['', 0]);
    const text = files.get(join(folder, 'reader'))?.toString() ?? '';
    expect(endOf(parseTalosConfig(text).contexts.get('small')?.crt)).toBe(world.now() + DAY);
    const reader = join(home, 'reader');
    writeFileSync(reader, text);
    expect((await talosctl(world, `memory -n 10.5.0.2 --talosconfig ${reader}`)).exit).toBe(0);
    const refused = await talosctl(world, `reboot --wait=false -n 10.5.1.1 --talosconfig ${reader}`);
    expect(refused.stderr).toContain('rpc error: code = PermissionDenied desc = not authorized');
    expect(refused.exit).toBe(1);
  });

  it('lets nobody in after its end, nor when another cluster issued it', async () => {
    const { world, cluster } = smallWorld();
    const line = `config new short --crt-ttl 10m --talosconfig ${configOf(cluster)}`;
    const short = join(home, 'short');
    writeFileSync(short, (await talosctl(world, line)).files.get(join(folder, 'short')) ?? '');
    expect((await talosctl(world, `memory -n 10.5.0.2 --talosconfig ${short}`)).exit).toBe(0);
    pass(world, 11 * MINUTE);
    const expired = await talosctl(world, `memory -n 10.5.0.2 --talosconfig ${short}`);
    expect(expired.stderr).toContain('error reading server preface: remote error: tls: bad certificate');
    const other = smallWorld({}, 8).cluster;
    const foreign = await talosctl(world, `memory --talosconfig ${configOf(cluster, talosIdentity(other))}`);
    expect(foreign.stderr).toContain('x509: certificate signed by unknown authority');
    const broken = await talosctl(world, `config info --talosconfig ${configOf(cluster, { crt: 'aGVsbG8=' })}`);
    expect([broken.stderr, broken.exit]).toEqual(['error decoding PEM\n', 1]);
  });
});

describe('the certificates of a node', () => {
  const ofKind = async (kind: string, node: string) =>
    (await talosctl(smallWorld().world, `get ${kind} -o json -n ${node}`)).stdout;

  it('of etcd stand on control plane nodes only, four of them, for a year', async () => {
    const { spec } = JSON.parse(await ofKind('etcdsecrets', '10.5.0.2')) as { spec: Record<string, { crt: string }> };
    expect(Object.keys(spec)).toEqual(['etcd', 'etcdPeer', 'etcdAdmin', 'etcdAPIServer']);
    const ends = Object.values(spec).map(({ crt }) => endOf(crt) - smallWorld().world.now());
    expect(ends.every(left => left > 300 * DAY && left <= 365 * DAY)).toBe(true);
    expect(await ofKind('etcdsecrets', '10.5.1.1')).toBe('');
  });

  it('of the kubelet are a file with its key; the Talos authority is told beside what it signed', async () => {
    const { world } = smallWorld();
    const path = '/var/lib/kubelet/pki/kubelet-client-current.pem';
    const { stdout } = await talosctl(world, `read ${path} -n 10.5.1.1`);
    expect(new X509Certificate(stdout).subject).toContain('CN=system:node:small-worker-1');
    expect(stdout).toContain('PRIVATE KEY');
    const api = JSON.parse(await ofKind('apicertificates', '10.5.1.1')) as { spec: { acceptedCAs: { crt: string }[] } };
    expect(endOf(api.spec.acceptedCAs[0]?.crt)).toBeGreaterThan(world.now() + 3_000 * DAY);
  });
});

describe('talosctl get infos', () => {
  it('tells one id through every node of a cluster, and none through a machine without a configuration', async () => {
    const { world } = smallWorld();
    const idOf = async (node: string) =>
      (await talosctl(world, `get infos -o json -n ${node}`)).stdout.match(/"clusterId": "([^"]+)"/)?.[1];
    expect(await idOf('10.5.0.2')).toMatch(/^[\w-]{43}=$/);
    expect(await idOf('10.5.1.1')).toBe(await idOf('10.5.0.2'));
    expect((await talosctl(world, 'get info -n 10.5.0.2')).stdout).toMatch(/CLUSTER ID +CLUSTER NAME\n.* small\n/);
  });
});

describe('talosctl rotate-ca', () => {
  it('is a dry run unless told otherwise', async () => {
    const { world, cluster } = smallWorld();
    const { stdout, exit } = await talosctl(world, `rotate-ca --talosconfig ${configOf(cluster)}`);
    expect(exit).toBe(0);
    expect(stdout).toContain('> Starting Talos API PKI rotation, dry-run mode true...\n');
    expect(stdout).toContain('  - control plane nodes: ["10.5.0.2" "10.5.0.3" "10.5.0.4"]\n');
    expect(stdout).toContain('  - 10.5.1.1: skipped (dry-run)\n');
    expect(stdout.match(/Dry-run mode enabled, no changes were made to the cluster/g)).toHaveLength(2);
    expect(cluster.pki).toMatchObject({ talos: 1, kubernetes: 1 });
  });

  it('of Talos writes a new talosconfig, and the old certificate is worth nothing', async () => {
    const { world, cluster } = smallWorld();
    const old = configOf(cluster);
    const line = `rotate-ca --dry-run=false --kubernetes=false -o fresh --talosconfig ${old}`;
    const { stdout, files, exit } = await talosctl(world, line);
    expect(stdout).toMatch(/> Writing new talosconfig to "fresh"\n$/);
    expect(exit).toBe(0);
    expect((await talosctl(world, `memory --talosconfig ${old}`)).stderr).toContain('signed by unknown authority');
    const fresh = join(home, 'fresh');
    writeFileSync(fresh, files.get(join(folder, 'fresh')) ?? '');
    expect((await talosctl(world, `memory -n 10.5.0.2 --talosconfig ${fresh}`)).exit).toBe(0);
  });

  it('of Kubernetes restarts one API server at a time', async () => {
    const { world, cluster } = smallWorld();
    const line = `rotate-ca --dry-run=false --talos=false --talosconfig ${configOf(cluster)}`;
    const { stdout, exit } = await talosctl(world, line);
    expect(stdout).toContain(
      "> Kubernetes CA rotation done, new 'kubeconfig' can be fetched with `talosctl kubeconfig`.\n",
    );
    expect(exit).toBe(0);
    expect(cluster.ledger.report()).toMatchObject({
      control_plane_down_maximum: 1,
      control_plane_overlaps: 0,
      reboots: [],
    });
  });
});

describe('talosctl kubeconfig', () => {
  it('writes an admin config whose certificate ends in a year; not twice without --force, and never merges', async () => {
    const { world } = smallWorld();
    writeFileSync(
      join(folder, 'connection.json'),
      JSON.stringify({ clusters: { small: { vip: 'http://127.0.0.1:1' } } }),
    );
    const { files, stdout, exit } = await talosctl(world, 'kubeconfig made/config -n 10.5.0.2');
    expect([stdout, exit]).toEqual(['', 0]);
    const text = files.get(join(folder, 'made/config'))?.toString() ?? '';
    expect(text).toContain('server: http://127.0.0.1:1\n');
    expect(endOf(/client-certificate-data: (\S+)/.exec(text)?.[1])).toBe(world.now() + 365 * DAY);
    mkdirSync(join(folder, 'there'), { recursive: true });
    writeFileSync(join(folder, 'there/kubeconfig'), text);
    const merging = await talosctl(world, 'kubeconfig there -n 10.5.0.2');
    expect(merging.stderr).toContain('not simulated: merging into an existing kubeconfig');
    const second = await talosctl(world, 'kubeconfig there --merge=false -n 10.5.0.2');
    expect(second.stderr).toContain('kubeconfig file already exists, use --force to overwrite:');
    expect((await talosctl(world, 'kubeconfig there --merge=false --force -n 10.5.0.2')).files.size).toBe(1);
    expect((await talosctl(world, 'kubeconfig - --merge=false -n 10.5.0.2')).stdout).toContain('kind: Config');
    expect((await talosctl(world, 'kubeconfig x -n 10.5.1.1')).stderr).toContain(
      'Unimplemented desc = kubeconfig is only available on control plane nodes',
    );
  });
});
