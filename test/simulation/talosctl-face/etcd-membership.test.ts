import { describe, expect, it } from 'vitest';
import { MINUTE, machineOf, pass, smallWorld } from '../world/worlds.ts';
import { talosctl } from './terminal.ts';

const sizeOf = (stdout: string): string | undefined => stdout.split('\n')[1]?.split(/ {2,}/)[2];

describe('talosctl etcd', () => {
  it('leave: the member goes, and joins again at the next boot, as a learner first', async () => {
    const { world, cluster } = smallWorld();
    const { stdout, stderr, exit } = await talosctl(world, 'etcd leave -n 10.5.0.4');
    expect([stdout, stderr, exit]).toEqual(['', '', 0]);
    expect(cluster.etcd.members.map(({ name }) => name)).toEqual(['small-cp-1', 'small-cp-2']);
    await talosctl(world, 'reboot -n 10.5.0.4 -e 10.5.0.2');
    expect(cluster.etcd.members).toHaveLength(3);
    pass(world, MINUTE);
    expect(cluster.etcd.members.every(({ learner }) => !learner)).toBe(true);
    expect(cluster.ledger.report().etcd_quorum_lost).toBe(0);
  });

  it('remove-member: the member never starts again until its data is wiped', async () => {
    const { world, cluster } = smallWorld();
    const id = cluster.etcd.memberOf('small-cp-3')?.id;
    expect((await talosctl(world, `etcd remove-member ${id} -n 10.5.0.2`)).exit).toBe(0);
    expect((await talosctl(world, 'service etcd -n 10.5.0.4')).stdout).toMatch(/STATE {4}Failed/);
    await talosctl(world, 'reboot --timeout 3m -n 10.5.0.4 -e 10.5.0.2');
    expect(cluster.etcd.memberOf('small-cp-3')).toBeUndefined();
    const wipe = 'reset --graceful=false --reboot --system-labels-to-wipe EPHEMERAL --wait=false';
    await talosctl(world, `${wipe} -n 10.5.0.4 -e 10.5.0.2`);
    pass(world, 6 * MINUTE);
    expect(cluster.etcd.memberOf('small-cp-3')).toMatchObject({ learner: false });
    expect(machineOf(cluster, 'small-cp-3').is_ready).toBe(true);
  });

  it('defrag shrinks the database; an alarm disarmed without it comes back', async () => {
    const { world, cluster } = smallWorld();
    cluster.faults.arm({ kind: 'etcd_nospace', node: 'small-cp-2' });
    const disarm = () => talosctl(world, 'etcd alarm disarm -n 10.5.0.3');
    expect((await disarm()).stdout).toMatch(/^NODE {7}MEMBER {13}ALARM\n10\.5\.0\.3 {3}[0-9a-f]{16} {3}NOSPACE\n$/);
    expect(cluster.etcd.alarms()).toHaveLength(1);
    const before = sizeOf((await talosctl(world, 'etcd status -n 10.5.0.3')).stdout);
    expect((await talosctl(world, 'etcd defrag -n 10.5.0.3')).exit).toBe(0);
    expect(sizeOf((await talosctl(world, 'etcd status -n 10.5.0.3')).stdout)).not.toBe(before);
    await disarm();
    expect(cluster.etcd.alarms()).toEqual([]);
  });

  it.each([
    ['etcd defrag -n 10.5.0.2,10.5.0.3', 'command "etcd defrag" is not supported with multiple nodes'],
    ['etcd leave -n 10.5.1.1', 'Unimplemented desc = etcd leave is only available on control plane nodes'],
    ['etcd remove-member nonsense -n 10.5.0.2', 'error parsing member ID: strconv.ParseUint: parsing "nonsense"'],
    ['etcd remove-member 0000000000000001 -n 10.5.0.2', 'NotFound desc = etcdserver: member not found'],
    ['etcd downgrade validate 3.5 -n 10.5.0.2', 'not simulated: talosctl etcd downgrade'],
  ])('%s is an error', async (line, message) => {
    const { stderr, exit } = await talosctl(smallWorld().world, line);
    expect([stderr.includes(message), exit], stderr).toEqual([true, 1]);
  });

  it('leave of the last member but one that answers is refused', async () => {
    const { world, cluster } = smallWorld();
    cluster.faults.arm({ kind: 'etcd_member_unhealthy', node: 'small-cp-3' });
    const { stderr, exit } = await talosctl(world, 'etcd leave -n 10.5.0.2');
    expect(stderr).toContain('etcdserver: re-configuration failed due to not enough started members');
    expect(exit).toBe(1);
    expect(cluster.etcd.members).toHaveLength(3);
  });
});
