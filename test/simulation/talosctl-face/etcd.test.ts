import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { smallWorld } from '../world/worlds.ts';
import { talosctl } from './terminal.ts';

const { world, cluster } = smallWorld();
const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('talosctl etcd', () => {
  it('members, status and alarms in their tables; no alarm, no output', async () => {
    const members = lines((await talosctl(world, 'etcd members -n 10.5.0.2')).stdout);
    expect(members[0]).toMatch(/^NODE {7}ID {17}HOSTNAME +PEER URLS +CLIENT URLS +LEARNER$/);
    expect(members[1]).toMatch(
      /^10\.5\.0\.2 {3}[0-9a-f]{16} {3}small-cp-1 {3}https:\/\/10\.5\.0\.2:2380 {3}https:\/\/10\.5\.0\.2:2379 {3}false$/,
    );
    const status = (await talosctl(world, 'etcd status -n 10.5.0.2,10.5.0.3')).stdout;
    expect(status).toMatch(/RAFT APPLIED INDEX {3}LEARNER {3}PROTOCOL {3}STORAGE {3}ERRORS\n/);
    const leaders = lines(status)
      .slice(1)
      .map(row => row.split(/ {2,}/)[4]);
    expect(new Set(leaders).size).toBe(1);
    expect((await talosctl(world, 'etcd alarm list -n 10.5.0.2')).stdout).toBe('');
  });

  it('shows an alarm, and a member that does not answer, as long as the fault lasts', async () => {
    const faulty = smallWorld();
    faulty.cluster.faults.arm({ kind: 'etcd_nospace', node: 'small-cp-2' });
    faulty.cluster.faults.arm({ kind: 'etcd_member_unhealthy', node: 'small-cp-3' });
    const alarms = (await talosctl(faulty.world, 'etcd alarm list -n 10.5.0.2')).stdout;
    expect(alarms).toMatch(/^NODE {7}MEMBER {13}ALARM\n10\.5\.0\.2 {3}[0-9a-f]{16} {3}NOSPACE\n$/);
    const ailing = await talosctl(faulty.world, 'etcd status -n 10.5.0.4');
    expect(ailing.stderr).toBe(
      'error getting status: rpc error: code = Unknown desc = etcdserver: request timed out\n',
    );
    faulty.cluster.faults.clear();
    expect((await talosctl(faulty.world, 'etcd status -n 10.5.0.4')).exit).toBe(0);
  });

  it('is for control plane nodes only', async () => {
    const { stderr, exit } = await talosctl(world, 'etcd members -n 10.5.1.1');
    expect(stderr).toBe(
      'error getting members: rpc error: code = Unimplemented desc = member list is only available on control plane nodes\n',
    );
    expect(exit).toBe(1);
  });

  it('snapshot: whole pages and the sha256 of them at the end', async () => {
    const { stdout, files } = await talosctl(world, 'etcd snapshot /tmp/db.snapshot -n 10.5.0.2');
    const bytes = files.get('/tmp/db.snapshot') ?? Buffer.alloc(0);
    expect(bytes.length % 512).toBe(32);
    expect(createHash('sha256').update(bytes.subarray(0, -32)).digest().equals(bytes.subarray(-32))).toBe(true);
    expect(stdout).toMatch(
      new RegExp(
        `^etcd snapshot saved to "/tmp/db.snapshot" \\(${bytes.length} bytes\\)\nsnapshot info: hash [0-9a-f]{8}, revision \\d+, total keys \\d+, total size \\d+\n$`,
      ),
    );
  });

  it('forfeit-leadership moves the lead, and does nothing on a node that does not lead', async () => {
    const { etcd } = cluster;
    const leading = etcd.members.find(({ id }) => id === etcd.leader);
    await talosctl(world, `etcd forfeit-leadership -n ${leading?.ip}`);
    const next = etcd.leader;
    expect(next).not.toBe(leading?.id);
    expect((await talosctl(world, `etcd forfeit-leadership -n ${leading?.ip}`)).exit).toBe(0);
    expect(etcd.leader).toBe(next);
  });
});
