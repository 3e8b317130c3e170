import { describe, expect, it } from 'vitest';
import { readFleetSpec } from '../../../src/simulation/fleet.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { restoreWorld } from '../../../src/simulation/world/world.ts';
import { imageOf, machineOf, smallWorld } from '../world/worlds.ts';
import { talosctl } from './terminal.ts';

const header = async (world: SavedWorld, line: string): Promise<string | undefined> =>
  (await talosctl(world, line)).stdout.split('\n')[0];

const unknown = async (client: string, line: string): Promise<string> => {
  const { stderr } = await talosctl(smallWorld({}, 7, client).world, line);
  return stderr.split('\n')[0] ?? '';
};

describe('the release of talosctl', () => {
  it('is that of the fleet, shown by version, and saved with the world', async () => {
    const { world } = smallWorld({}, 7, 'v1.11.6');
    expect((await talosctl(world, 'version --client --short')).stdout).toBe('Client:\nTalos v1.11.6\n');
    const restored = restoreWorld(JSON.parse(JSON.stringify(world.image())) as ReturnType<SavedWorld['image']>);
    expect(restored.talosctlVersion).toBe('v1.11.6');
  });

  it.each([['1.8.0'], ['1.15.0'], [113], ['latest']])('cannot be %j', version => {
    const spec = {
      talosctl_version: version,
      clusters: [{ name: 'a', control_planes: 1, workers: 1, pods: 9, budgets: 0 }],
    };
    expect(() => readFleetSpec(spec)).toThrow('talosctl_version');
  });

  const OLD = /LEARNER {3}ERRORS$/;
  const NEW = /LEARNER {3}PROTOCOL {3}STORAGE {3}ERRORS$/;
  it.each([
    ['v1.9.6', OLD],
    ['v1.10.9', OLD],
    ['v1.11.6', NEW],
    ['v1.14.0', NEW],
  ])('%s shows its columns of etcd status', async (client, columns) => {
    expect(await header(smallWorld({}, 7, client).world, 'etcd status -n 10.5.0.2')).toMatch(columns);
  });

  it.each([
    ['v1.12.11', 'v1.13.8', /SIZE {5}CREATED$/],
    ['v1.13.9', 'v1.12.11', /SIZE {5}CREATED$/],
    ['v1.13.9', 'v1.13.8', /SIZE {5}LABELS {3}CREATED$/],
  ])('%s shows the images of a %s node in its columns', async (client, server, columns) => {
    const { world } = smallWorld({ talos_version: server }, 7, client);
    expect(await header(world, 'image list -n 10.5.0.2')).toMatch(columns);
  });

  const UPGRADE = 'upgrade -n 10.5.1.1 --image x/y:v1.13.9';
  it.each([
    ['v1.12.11', `${UPGRADE} --drain=false`, 'unknown flag: --drain'],
    ['v1.12.11', `${UPGRADE} --no-reboot`, 'unknown flag: --no-reboot'],
    ['v1.13.6', `${UPGRADE} --no-reboot`, 'unknown flag: --no-reboot'],
    ['v1.14.0', `${UPGRADE} --insecure`, 'unknown flag: --insecure'],
    ['v1.12.11', 'upgrade-k8s -n 10.5.0.2 --manifests-no-prune', 'unknown flag: --manifests-no-prune'],
    ['v1.12.11', 'reboot -n 10.5.1.1 --drain', 'unknown flag: --drain'],
    ['v1.11.6', 'reboot -n 10.5.1.1 --mode force', 'invalid reboot mode: force'],
    [
      'v1.14.0',
      'patch mc -n 10.5.1.1 -m reboot -p {}',
      'invalid argument "reboot" for "-m, --mode" flag: possible options are: auto, no-reboot, staged, try',
    ],
  ])('%s: %s is refused', async (client, line, message) => {
    expect(await unknown(client, line)).toBe(message);
  });

  it('1.12 takes the legacy call against a 1.13 node, which drains by itself', async () => {
    const { world, cluster } = smallWorld({ talos_version: 'v1.13.8' }, 7, 'v1.12.11');
    const { stderr, exit } = await talosctl(world, `upgrade -n 10.5.1.1 --image ${imageOf(cluster)}`);
    expect(stderr).toMatch(/^"10\.5\.1\.1": waiting for actor ID\n/);
    expect(stderr).toContain('"10.5.1.1": task: cordonAndDrainNode action: START');
    expect(exit).toBe(0);
    expect(machineOf(cluster, 'small-worker-1').running.version).toBe('v1.13.9');
  });

  it('1.13.9 falling back to the legacy call forgets --no-reboot: the node reboots', async () => {
    const { world, cluster } = smallWorld();
    const { stderr } = await talosctl(world, `upgrade -n 10.5.1.1 --image ${imageOf(cluster)} --no-reboot`);
    expect(stderr).toContain('New upgrade API is not available, falling back to legacy\n');
    expect(machineOf(cluster, 'small-worker-1')).toMatchObject({ boots: 2, running: { version: 'v1.13.9' } });
  });

  it('1.13 warns of flags only the legacy call has', async () => {
    const { world, cluster } = smallWorld();
    const { stderr } = await talosctl(world, `upgrade -n 10.5.1.1 --image ${imageOf(cluster)} --preserve --wait=false`);
    expect(stderr).toMatch(
      /^Flag --preserve has been deprecated, legacy flag for MachineService\.Upgrade fallback, to be removed in Talos 1\.18\n/,
    );
  });

  it('1.13 reboots with --drain: cordons and drains first, uncordons at the end', async () => {
    const { world, cluster } = smallWorld({ talos_version: 'v1.13.8' });
    const { stderr, exit } = await talosctl(world, 'reboot --drain -n 10.5.1.1');
    const order = ['node cordoned', 'node drained', 'post check passed', 'node uncordoned'].map(text =>
      stderr.indexOf(text),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(exit).toBe(0);
    expect(cluster.ledger.report()).toMatchObject({ pdb_violations: 0 });
  });
});
