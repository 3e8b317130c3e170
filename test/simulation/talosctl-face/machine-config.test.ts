import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/simulation/talosctl-face/yaml-read.ts';
import { MINUTE, machineOf, nodeOf, pass, passUntil, smallWorld } from '../world/worlds.ts';
import { folder, talosctl } from './terminal.ts';

const NODE = '10.5.1.1';
const WORKER = 'small-worker-1';
const NO_REBOOT = 'Applied configuration without a reboot';
const LABEL = '{"machine":{"nodeLabels":{"rack":"r1"}}}';

const versionOf = async (world: Parameters<typeof talosctl>[0]): Promise<string | undefined> =>
  (await talosctl(world, `get mc v1alpha1 -n ${NODE}`)).stdout.split('\n')[1]?.split(/ {2,}/)[4]?.trim();

describe('talosctl get machineconfig', () => {
  it('shows a spec that is a text: a block in YAML, one string in JSON', async () => {
    const { world } = smallWorld();
    const { stdout } = await talosctl(world, `get machineconfig v1alpha1 -o yaml -n ${NODE}`);
    expect(stdout).toMatch(/spec: \|\n {4}version: v1alpha1\n {4}machine:\n {8}type: worker\n/);
    const json = JSON.parse((await talosctl(world, `get mc v1alpha1 -o json -n ${NODE}`)).stdout) as { spec: string };
    expect(readYaml(json.spec)).toMatchObject([
      { machine: { type: 'worker', kubelet: { image: 'ghcr.io/siderolabs/kubelet:v1.35.4' } } },
    ]);
  });
});

describe('talosctl patch machineconfig', () => {
  it('changes the configuration, raises its version, and a second time finds nothing to do', async () => {
    const { world, cluster } = smallWorld();
    expect(await versionOf(world)).toBe('1');
    const { stdout, stderr, exit } = await talosctl(world, `patch mc -p ${LABEL} -n ${NODE}`);
    expect([stdout, exit]).toEqual(['', 0]);
    expect(stderr).toContain(`patched MachineConfigs.config.talos.dev/v1alpha1 at the node ${NODE}\n${NO_REBOOT}\n`);
    expect(await versionOf(world)).toBe('2');
    expect(nodeOf(cluster, WORKER).metadata.labels).toMatchObject({ rack: 'r1' });
    const again = await talosctl(world, `patch mc -p ${LABEL} -n ${NODE}`);
    expect(again.stderr).toContain('Apply was skipped: no changes detected.\n');
    expect(await versionOf(world)).toBe('2');
  });

  it('by JSON patch and from a file too', async () => {
    const { world, cluster } = smallWorld();
    writeFileSync(join(folder, 'label.yaml'), 'machine:\n  nodeLabels:\n    rack: r2 # the second\n');
    await talosctl(world, `patch mc -p @label.yaml -n ${NODE}`);
    expect(nodeOf(cluster, WORKER).metadata.labels).toMatchObject({ rack: 'r2' });
    await talosctl(world, `patch mc -p [{"op":"remove","path":"/machine/nodeLabels/rack"}] -n ${NODE}`);
    expect(nodeOf(cluster, WORKER).metadata.labels).not.toHaveProperty('rack');
  });

  it('--dry-run shows the difference and changes nothing', async () => {
    const { world } = smallWorld();
    const { stderr } = await talosctl(world, `patch mc -p ${LABEL} --dry-run -n ${NODE}`);
    expect(stderr).toContain(`Dry run summary:\n${NO_REBOOT} (skipped in dry-run).\nConfig diff:\n\n--- a\n+++ b\n`);
    expect(stderr).toContain('+        rack: r1');
    expect(await versionOf(world)).toBe('1');
  });

  it('mode staged waits for the next boot; mode try goes back after its time', async () => {
    const { world, cluster } = smallWorld();
    const staged = await talosctl(world, `patch mc -p ${LABEL} --mode staged -n ${NODE}`);
    expect(staged.stderr).toContain('Staged configuration to be applied after the next reboot\n');
    expect(nodeOf(cluster, WORKER).metadata.labels).not.toHaveProperty('rack');
    await talosctl(world, `reboot -n ${NODE}`);
    expect(nodeOf(cluster, WORKER).metadata.labels).toMatchObject({ rack: 'r1' });
    const tried = await talosctl(world, `patch mc -p ${LABEL.replace('r1', 'r9')} -m try --timeout 2m -n ${NODE}`);
    expect(tried.stderr).toContain(
      "The config is applied in 'try' mode and will be automatically reverted back in 2m0s\n",
    );
    expect(nodeOf(cluster, WORKER).metadata.labels).toMatchObject({ rack: 'r9' });
    pass(world, 2 * MINUTE);
    expect(nodeOf(cluster, WORKER).metadata.labels).toMatchObject({ rack: 'r1' });
  });

  it('reboots in mode auto for what cannot change at once, and refuses it in mode no-reboot', async () => {
    const { world, cluster } = smallWorld();
    const disk = '{"machine":{"disks":[{"device":"/dev/sdb"}]}}';
    const refused = await talosctl(world, `patch mc -p ${disk} -m no-reboot -n ${NODE}`);
    expect(refused.stderr).toContain("InvalidArgument desc = this config change can't be applied in immediate mode");
    expect(refused.exit).toBe(1);
    const { stderr } = await talosctl(world, `patch mc -p ${disk} -n ${NODE}`);
    expect(stderr).toContain(
      "Applied configuration with a reboot: this config change can't be applied in immediate mode",
    );
    passUntil(world, () => machineOf(cluster, WORKER).boots === 2 && machineOf(cluster, WORKER).is_ready);
    expect((await talosctl(world, `get mc v1alpha1 -o yaml -n ${NODE}`)).stdout).toContain('device: /dev/sdb');
  });

  it('a kubelet image restarts the kubelet alone', async () => {
    const { world, cluster } = smallWorld();
    await talosctl(
      world,
      `patch mc -p {"machine":{"kubelet":{"image":"ghcr.io/siderolabs/kubelet:v1.34.1"}}} -n ${NODE}`,
    );
    expect((await talosctl(world, `services -n ${NODE}`)).stdout).toMatch(/kubelet +Preparing/);
    pass(world, MINUTE);
    expect(nodeOf(cluster, WORKER).status).toMatchObject({ nodeInfo: { kubeletVersion: 'v1.34.1' } });
    expect(machineOf(cluster, WORKER).boots).toBe(1);
  });

  it.each([
    [`patch mc -n ${NODE}`, 'either --patch or --patch-file should be defined'],
    [`patch mc -p @nowhere.yaml -n ${NODE}`, 'open nowhere.yaml: no such file or directory'],
    [`patch disks -p ${LABEL} -n ${NODE}`, `${NODE}: unsupported resource type:`],
    [
      `patch mc -p {"machine":{"kubelet":{"image":"x/kubelet:v1.37.0"}}} -n ${NODE}`,
      '* kubelet image is not valid: version of Kubernetes 1.37.0 is too new to be used with Talos 1.12.11',
    ],
    [`patch mc -p {"machine":{"type":"controlplane"}} -n ${NODE}`, 'not simulated: a change of machine.type'],
    [`patch mc -p ${LABEL} -m maybe -n ${NODE}`, 'possible options are: auto, no-reboot, reboot, staged, try'],
    [`apply-config -n ${NODE}`, 'no filename supplied for configuration'],
    [
      `apply-config -f nowhere.yaml -n ${NODE}`,
      'failed to read configuration from "nowhere.yaml": open nowhere.yaml: no such file or directory',
    ],
  ])('%s is an error with exit code 1', async (line, message) => {
    const { stderr, exit } = await talosctl(smallWorld().world, line);
    expect([stderr.includes(message), exit], stderr).toEqual([true, 1]);
  });
});

describe('YAML of configurations', () => {
  it.each([
    ['a: 1\nb: "x: y"\nc: true\nd: null\ne: it\'s # no', [{ a: 1, b: 'x: y', c: true, d: null, e: "it's" }]],
    ['list:\n- a\n- b: 1\n  c: 2\n- - x\n  - y\n', [{ list: ['a', { b: 1, c: 2 }, ['x', 'y']] }]],
    ['list:\n    - "a:b"\n    - c\nmore: [1, b]\nempty: {}', [{ list: ['a:b', 'c'], more: [1, 'b'], empty: {} }]],
    [
      'text: |\n    one\n      two\n\n    three\nnext: >-\n  a\n  b\n',
      [{ text: 'one\n  two\n\nthree\n', next: 'a b' }],
    ],
    ['---\na: 1\n---\nb: registry.k8s.io/x:v1\n', [{ a: 1 }, { b: 'registry.k8s.io/x:v1' }]],
    ['# nothing\n', []],
  ])('%j is read', (text, documents) => {
    expect(readYaml(text)).toEqual(documents);
  });

  it.each([['a: &anchor 1'], ['a: {b: c}']])('%j is not simulated', text => {
    expect(() => readYaml(text)).toThrow('not simulated');
  });
});
