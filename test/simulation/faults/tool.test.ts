import { expect, it } from 'vitest';
import { at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { startTalosctl } from '../talosctl-face/terminal.ts';
import { imageOf, machineOf, nodeOf, pass, passUntil, SECOND } from '../world/worlds.ts';
import { faces } from './faces.ts';

const WORKER = 'small-worker-1';
const LIFECYCLE = { talos_version: 'v1.13.8' };
const bootIdOf = (at: Awaited<ReturnType<typeof faces>>): unknown =>
  valueAt(nodeOf(at.cluster, WORKER), 'status', 'nodeInfo', 'bootID');

/** Lets time pass, and what waits for it go on, until something is so. */
async function goOn(at: Awaited<ReturnType<typeof faces>>, isSo: () => boolean): Promise<void> {
  for (let second = 0; second < 1_800 && !isSo(); second += 1) {
    await new Promise(resolve => setImmediate(resolve));
    pass(at.world, SECOND);
  }
  expect(isSo()).toBe(true);
}

it('tool_hangs: the reboot happens, both faces show the new boot, the tool never ends', async () => {
  const at = await faces();
  const machine = machineOf(at.cluster, WORKER);
  at.cluster.faults.arm({ kind: 'tool_hangs', node: WORKER });
  const tool = startTalosctl(at.world, '-n 10.5.1.1 reboot');
  await goOn(at, () => machine.boots === 2 && machine.is_ready);
  expect(tool.exit).toBeUndefined();
  expect(bootIdOf(at)).toBe(machine.boot_id);
  expect((await at.talosctl('-n 10.5.1.1 read /proc/sys/kernel/random/boot_id')).stdout.trim()).toBe(machine.boot_id);
  tool.kill();
  await tool.done;
});

it('tool_killed: the order stands although the tool is gone without an exit code', async () => {
  const at = await faces();
  const machine = machineOf(at.cluster, WORKER);
  at.cluster.faults.arm({ kind: 'tool_killed', node: WORKER });
  const tool = startTalosctl(at.world, '-n 10.5.1.1 reboot');
  await expect(tool.done).rejects.toMatchObject({ signal: 'SIGKILL' });
  expect(tool.exit).toBeUndefined();
  await goOn(at, () => machine.boots === 2 && machine.is_ready);
  expect(bootIdOf(at)).toBe(machine.boot_id);
  expect(at.cluster.ledger.report()).toMatchObject({ max_reboots_per_boot: 1 });
});

it.each([
  { armed: true, slot: undefined, installs: 0 },
  { armed: false, slot: 'v1.13.9', installs: 1 },
])(
  'a client that goes away during an install, tool_dies_with_client armed: $armed',
  async ({ armed, slot, installs }) => {
    const at = await faces(LIFECYCLE);
    const machine = machineOf(at.cluster, WORKER);
    if (armed) at.cluster.faults.arm({ kind: 'tool_dies_with_client', node: WORKER });
    const tool = startTalosctl(at.world, `-n 10.5.1.1 upgrade --image ${imageOf(at.cluster)} --drain=false`);
    await goOn(at, () => machine.sequence?.step === 'installing');
    tool.kill();
    await tool.done;
    await goOn(at, () => machine.sequence === undefined);
    expect(machine.slots.B?.version).toBe(slot);
    expect(machine).toMatchObject({ boots: 1, stage: 'running', running: { version: 'v1.13.8' } });
    expect(at.cluster.ledger.report().installs).toHaveLength(installs);
    expect(at.cluster.faults.list()).toEqual([]);
    expect((await at.ask(`/api/v1/nodes/${WORKER}`)).text).toContain('Talos (v1.13.8)');
  },
);

it('install_done_no_reboot: the other slot holds the new version, both faces show the old boot', async () => {
  const at = await faces(LIFECYCLE);
  const machine = machineOf(at.cluster, WORKER);
  at.cluster.faults.arm({ kind: 'install_done_no_reboot', node: WORKER });
  const before = machine.boot_id;
  const tool = await at.talosctl(`-n 10.5.1.1 upgrade --image ${imageOf(at.cluster)} --drain=false`);
  expect(tool.exit).toBe(0);
  expect(machine).toMatchObject({ next_slot: 'B', boot_id: before });
  expect(bootIdOf(at)).toBe(before);
  expect((await at.talosctl('-n 10.5.1.1 version')).stdout).toContain('v1.13.8');
});

it('lying_upgrade: success is claimed, and neither face shows any', async () => {
  const at = await faces(LIFECYCLE);
  at.cluster.faults.arm({ kind: 'lying_upgrade', node: WORKER });
  const tool = await at.talosctl(`-n 10.5.1.1 upgrade --image ${imageOf(at.cluster)} --drain=false`);
  expect([tool.exit, tool.stderr.includes('upgrade completed')]).toEqual([0, true]);
  passUntil(at.world, () => true);
  expect((await at.ask(`/api/v1/nodes/${WORKER}`)).text).toContain('Talos (v1.13.8)');
  expect(at.cluster.ledger.report()).toMatchObject({ installs: [], reboots: [] });
});

it.each([
  { kind: 'node_boots_old_slot', more: {}, version: 'v1.13.8', slot: 'A' },
  { kind: 'node_returns_slowly', more: { delay_ms: 120_000 }, version: 'v1.13.9', slot: 'B' },
])('$kind: both faces agree on what was booted', async ({ kind, more, version, slot }) => {
  const at = await faces(LIFECYCLE);
  const machine = machineOf(at.cluster, WORKER);
  at.cluster.faults.arm({ kind, node: WORKER, ...more });
  await at.talosctl(`-n 10.5.1.1 upgrade --image ${imageOf(at.cluster)} --drain=false`);
  await goOn(at, () => machine.boots === 2 && machine.is_ready);
  expect(machine.running_slot).toBe(slot);
  expect((await at.talosctl('-n 10.5.1.1 version')).stdout).toContain(version);
  expect((await at.ask(`/api/v1/nodes/${WORKER}`)).text).toContain(`Talos (${version})`);
  expect(at.cluster.ledger.report()).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1 });
});
