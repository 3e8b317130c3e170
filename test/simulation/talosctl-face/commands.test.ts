import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/simulation/talosctl-face/commands/all.ts';
import { REAL_COMMANDS } from '../../../src/simulation/talosctl-face/commands/real-commands.ts';
import { machineOf, smallWorld } from '../world/worlds.ts';
import { talosctl } from './terminal.ts';

const { world } = smallWorld();

describe('commands of talosctl', () => {
  it('are each there once, and none is both built and not', () => {
    const paths = COMMANDS.flatMap(({ path, aliases = [] }) => [path, ...aliases]);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.filter(path => REAL_COMMANDS.has(path))).toEqual([]);
  });

  it.each([...REAL_COMMANDS].map(path => [path]))('%s is not simulated, and says so with exit code 1', async path => {
    const { stdout, stderr, exit } = await talosctl(world, `${path} -n 10.5.0.2`);
    expect([stdout, stderr, exit]).toEqual(['', `not simulated: talosctl ${path}\n`, 1]);
  });

  it('an unknown one is an error with the usage, and a hint when it is near another', async () => {
    const far = await talosctl(world, 'foo');
    expect(far.stderr).toMatch(/^unknown command "foo" for "talosctl"\n\n.*Usage:/s);
    const near = await talosctl(world, 'upgrad');
    expect(near.stderr).toContain('Did you mean this?\n\tupgrade\n');
    expect([far.exit, near.exit]).toEqual([1, 1]);
  });

  it.each([['etcd'], ['etcd foo'], ['image'], ['config']])(
    '%s is a group: its help on stdout, exit code 0',
    async line => {
      const { stdout, stderr, exit } = await talosctl(world, line);
      expect(stdout).toMatch(new RegExp(`^Usage:\n {2}talosctl ${line.split(' ')[0]} \\[command\\]\n`));
      expect([stderr, exit]).toEqual(['', 0]);
    },
  );

  it('an unknown flag, a missing argument or nodes add the usage after a blank line', async () => {
    for (const line of ['version --bar', 'read -n 10.5.0.2', 'memory', 'health -n 10.5.0.2,10.5.0.3']) {
      const { stderr, exit } = await talosctl(world, line);
      expect(stderr).toContain('\n\nUsage:\n  talosctl ');
      expect(exit).toBe(1);
    }
  });

  it('services and logs that are not built say so', async () => {
    for (const line of ['service etcd restart', 'logs kubelet -f', 'dmesg -f', 'memory -v', 'read /proc/meminfo']) {
      const { stderr, exit } = await talosctl(world, `${line} -n 10.5.0.2`);
      expect(stderr).toMatch(/^not simulated: /);
      expect(exit).toBe(1);
    }
  });

  it('shutdown cordons and drains first, unless forced', async () => {
    for (const [flags, drains] of [
      ['', true],
      ['--force', false],
    ] as const) {
      const other = smallWorld();
      const { stderr, exit } = await talosctl(other.world, `shutdown -n 10.5.1.1 ${flags}`);
      expect([stderr.includes('phase: drain action: START'), exit]).toEqual([drains, 0]);
      expect(machineOf(other.cluster, 'small-worker-1').stage).toBe('off');
      if (drains) expect(other.cluster.ledger.report()).toMatchObject({ pdb_violations: 0 });
    }
  });
});
