import { describe, expect, it } from 'vitest';
import { isCordoned } from '../../../src/simulation/world/controllers/node-fit.ts';
import { imageOf, MINUTE, machineOf, nodeOf, pass, passUntil, smallWorld } from '../world/worlds.ts';
import { startTalosctl, talosctl } from './terminal.ts';

const NODE = '10.5.1.1';
const WORKER = 'small-worker-1';

describe('talosctl upgrade of a node up to 1.12', () => {
  it('falls back to the legacy call and follows it to the new boot', async () => {
    const { world, cluster } = smallWorld();
    const { stderr, stdout, exit } = await talosctl(world, `upgrade -n ${NODE} --image ${imageOf(cluster)}`);
    const said = stderr.split('\n');
    expect(said[0]).toBe('New upgrade API is not available, falling back to legacy');
    expect(said[1]).toBe(`WARNING: ${NODE}: server version 1.12.11 is older than client version 1.13.9`);
    expect(said[2]).toBe(`"${NODE}": waiting for actor ID`);
    expect(said[3]).toMatch(/^"10\.5\.1\.1": actor ID: [0-9a-f-]{36}$/);
    expect(said.slice(4)).toEqual(
      expect.arrayContaining([
        `"${NODE}": sequence: upgrade action: START`,
        `"${NODE}": phase: cleanup action: START`,
        `"${NODE}": task: stopAllPods action: START`,
        `"${NODE}": unavailable, retrying...`,
        `"${NODE}": stage: BOOTING ready: false unmetCond: [name:"nodeReady" reason:"node \\"${WORKER}\\" is not ready"]`,
      ]),
    );
    expect(said.at(-2)).toBe(`"${NODE}": post check passed`);
    expect([stdout, exit]).toEqual(['', 0]);
    expect(machineOf(cluster, WORKER).running.version).toBe('v1.13.9');
  });

  it('without waiting prints the acknowledgement and ends; the node goes on alone', async () => {
    const { world, cluster } = smallWorld();
    const { stdout, exit } = await talosctl(
      world,
      `upgrade -n ${NODE} --image ${imageOf(cluster)} --drain=false --wait=false`,
    );
    expect(stdout).toMatch(
      /^NODE +ACK +STARTED\n10\.5\.1\.1 {3}Upgrade request received {3}2026-11-22 08:00:\d\d \+0000 UTC\n$/,
    );
    expect(exit).toBe(0);
    passUntil(world, () => machineOf(cluster, WORKER).running.version === 'v1.13.9');
  });

  it('is refused with the words of the node, and exit code 1', async () => {
    const { world } = smallWorld();
    const { stderr, exit } = await talosctl(
      world,
      `upgrade -n ${NODE} --image factory.talos.dev/metal-installer/abc:v1.99.0 --wait=false`,
    );
    expect(stderr).toContain(
      'rpc error: code = Unknown desc = error validating installer image "factory.talos.dev/metal-installer/abc:v1.99.0": 1 error(s) occurred:',
    );
    expect(exit).toBe(1);
  });

  it('is not begun when talosctl dies while the image is pulled, and goes on when it dies later', async () => {
    for (const [secondsBefore, version] of [
      [5, 'v1.12.11'],
      [15, 'v1.13.9'],
    ] as const) {
      const { world, cluster } = smallWorld();
      const terminal = startTalosctl(world, `upgrade -n ${NODE} --image ${imageOf(cluster)}`);
      await new Promise(resolve => setImmediate(resolve));
      pass(world, secondsBefore * 1_000);
      await new Promise(resolve => setImmediate(resolve));
      terminal.kill();
      await terminal.done;
      pass(world, 15 * MINUTE);
      expect(machineOf(cluster, WORKER).running.version).toBe(version);
    }
  });

  it('told a lie says success', async () => {
    const { world, cluster } = smallWorld();
    cluster.faults.arm({ kind: 'lying_upgrade', node: WORKER });
    const { stderr, exit } = await talosctl(world, `upgrade -n ${NODE} --image ${imageOf(cluster)}`);
    expect(stderr).toMatch(/post check passed\n$/);
    expect(exit).toBe(0);
    expect(machineOf(cluster, WORKER)).toMatchObject({ boots: 1, running: { version: 'v1.12.11' } });
  });

  it('hangs by a fault although the node is well', async () => {
    const { world, cluster } = smallWorld();
    cluster.faults.arm({ kind: 'tool_hangs', node: WORKER });
    const { exit } = await talosctl(world, `upgrade -n ${NODE} --image ${imageOf(cluster)}`, 1_200);
    expect(exit).toBeUndefined();
    expect(machineOf(cluster, WORKER)).toMatchObject({ stage: 'running', running: { version: 'v1.13.9' } });
  });
});

describe('talosctl upgrade of a node from 1.13 on', () => {
  const since113 = () => smallWorld({ talos_version: 'v1.13.8' });

  it('pulls, installs, drains, reboots, waits and uncordons, the prefix changing to the node name', async () => {
    const { world, cluster } = since113();
    const { stderr, exit } = await talosctl(world, `upgrade -n ${NODE} --image ${imageOf(cluster)}`);
    const said = stderr.split('\n');
    expect(said[0]).toMatch(
      /^10\.5\.1\.1: pulled image factory\.talos\.dev\/metal-installer\/[0-9a-f]{64}@sha256:[0-9a-f]{64}$/,
    );
    expect(said[1]).toMatch(/^10\.5\.1\.1: 2026\/11\/22 08:00:\d\d running Talos installer v1\.13\.9$/);
    const marks = [
      'Exit code: 0',
      'upgrade completed',
      'cordoning node',
      'node cordoned',
      'draining node',
      'node drained',
      'waiting for node to become Ready',
      'uncordoning node',
      'node uncordoned',
    ];
    const order = marks.map(mark => said.findIndex(line => line.endsWith(`: ${mark}`)));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(said.at(-2)).toBe(`${WORKER}: node uncordoned`);
    expect(exit).toBe(0);
    expect(machineOf(cluster, WORKER).running.version).toBe('v1.13.9');
    expect(cluster.ledger.report()).toMatchObject({ pdb_violations: 0, max_installs_per_boot: 1 });
  });

  it('with --no-reboot installs only, and a later reboot boots it', async () => {
    const { world, cluster } = since113();
    const { exit } = await talosctl(
      world,
      `upgrade -n ${NODE} --image ${imageOf(cluster)} --drain=false --wait=false --no-reboot`,
    );
    expect(exit).toBe(0);
    expect(machineOf(cluster, WORKER)).toMatchObject({ stage: 'running', next_slot: 'B', boots: 1 });
    const reboot = await talosctl(world, `reboot -n ${NODE} --wait=false`);
    expect([reboot.stdout, reboot.exit]).toEqual(['', 0]);
    passUntil(world, () => machineOf(cluster, WORKER).running.version === 'v1.13.9');
  });

  it('leaves the node cordoned and installed when the drain fails', async () => {
    const { world, cluster } = since113();
    const [budget] = cluster.store.list('poddisruptionbudgets.policy', 'edge');
    if (budget === undefined) throw new Error('no budget');
    const spec = { ...(budget.spec as Record<string, unknown>), maxUnavailable: 0 };
    cluster.store.replace('poddisruptionbudgets.policy', { ...budget, spec });
    const { stderr, exit } = await talosctl(world, `upgrade -n ${NODE} --image ${imageOf(cluster)} --drain-timeout 1m`);
    expect(stderr).toContain(`error draining node "${WORKER}": context deadline exceeded`);
    expect(exit).toBe(1);
    expect(isCordoned(nodeOf(cluster, WORKER))).toBe(true);
    expect(machineOf(cluster, WORKER)).toMatchObject({ boots: 1, next_slot: 'B' });
  });

  it('refuses a second install while one runs, and checks nothing of etcd', async () => {
    const { world, cluster } = since113();
    cluster.faults.arm({ kind: 'etcd_member_unhealthy', node: 'small-cp-1' });
    const first = startTalosctl(world, `upgrade -n 10.5.0.3 -e 10.5.0.4 --image ${imageOf(cluster)} --no-reboot`);
    await new Promise(resolve => setImmediate(resolve));
    pass(world, 15_000);
    await new Promise(resolve => setImmediate(resolve));
    const second = await talosctl(world, `upgrade -n 10.5.0.3 -e 10.5.0.4 --image ${imageOf(cluster)} --no-reboot`, 1);
    expect(second.stderr).toContain('FailedPrecondition desc = another installation/upgrade is already in progress');
    for (let second_ = 0; second_ < 60 && first.exit === undefined; second_ += 1) {
      pass(world, 1_000);
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(first.exit).toBe(0);
  });
});

describe('talosctl reboot, rollback and shutdown', () => {
  it('reboot waits for the new boot; the node refuses connections meanwhile', async () => {
    const { world, cluster } = smallWorld();
    const terminal = startTalosctl(world, `reboot -n ${NODE}`);
    await new Promise(resolve => setImmediate(resolve));
    pass(world, 20_000);
    const away = await talosctl(world, `version -n ${NODE}`, 1);
    expect(away.stderr).toContain(`dial tcp ${NODE}:50000: connect: connection refused`);
    for (let minute = 0; minute < 10 && terminal.exit === undefined; minute += 1) {
      pass(world, MINUTE);
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(terminal.stderr).toMatch(/events check condition met\n"10\.5\.1\.1": post check passed\n$/);
    expect(machineOf(cluster, WORKER).boots).toBe(2);
  });

  it('rollback without another slot is an error', async () => {
    const { world } = smallWorld();
    const { stderr, exit } = await talosctl(world, `rollback -n ${NODE}`);
    expect(stderr).toContain('error executing rollback: rpc error:');
    expect(exit).toBe(1);
  });

  it('shutdown turns the machine off', async () => {
    const { world, cluster } = smallWorld();
    expect((await talosctl(world, `shutdown -n ${NODE}`)).exit).toBe(0);
    expect(machineOf(cluster, WORKER).stage).toBe('off');
  });
});
