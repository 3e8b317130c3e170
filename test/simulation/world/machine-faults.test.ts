import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/simulation/faults.ts';
import { isCordoned } from '../../../src/simulation/world/controllers/node-fit.ts';
import { orderLegacyUpgrade, orderReboot } from '../../../src/simulation/world/machines/sequences.ts';
import { conditionOf, isReady } from '../../../src/simulation/world/pods.ts';
import { imageOf, MINUTE, machineOf, nodeOf, pass, passUntil, SECOND, smallWorld } from './worlds.ts';

const WORKER = 'small-worker-2';

function upgradeWith(kind: Fault['kind'], more: Record<string, unknown> = {}) {
  const { world, cluster } = smallWorld();
  cluster.faults.arm({ kind, node: WORKER, ...more });
  const machine = machineOf(cluster, WORKER);
  const said: string[] = [];
  cluster.machineEvents.on(({ kind: what, text }) => {
    if (what === 'error') said.push(text);
  });
  orderLegacyUpgrade(cluster, machine, { image: imageOf(cluster), skips_etcd_check: false });
  return { world, cluster, machine, said };
}

describe('faults of machines', () => {
  it('node_never_returns: off and Unknown until the faults are cleared, then it boots the new version', () => {
    const { world, cluster, machine } = upgradeWith('node_never_returns');
    pass(world, 60 * MINUTE);
    expect(machine.stage).toBe('off');
    expect(conditionOf(nodeOf(cluster, WORKER), 'Ready')?.status).toBe('Unknown');
    cluster.faults.clear();
    passUntil(world, () => machine.stage === 'running');
    expect(machine.running.version).toBe('v1.13.9');
  });

  it('node_boots_old_slot: a new boot of the old version, the boot loader set back', () => {
    const { world, machine } = upgradeWith('node_boots_old_slot');
    passUntil(world, () => machine.boots === 2 && machine.stage === 'running');
    expect(machine).toMatchObject({ running: { version: 'v1.12.11' }, running_slot: 'A', next_slot: 'A' });
  });

  it('node_returns_slowly: later by its delay', () => {
    const { world, machine } = upgradeWith('node_returns_slowly', { delay_ms: 30 * MINUTE });
    pass(world, 30 * MINUTE);
    expect(machine.stage).toBe('rebooting');
    passUntil(world, () => machine.stage === 'running' && machine.running.version === 'v1.13.9');
  });

  it.each(['upgrade_refused', 'image_missing'] as const)('%s: an error, and nothing is touched', kind => {
    const { world, machine, said, cluster } = upgradeWith(kind);
    pass(world, 20 * MINUTE);
    expect(said.join()).toMatch(/^rpc error: code = /);
    expect(machine).toMatchObject({ stage: 'running', boots: 1 });
    expect(isCordoned(nodeOf(cluster, WORKER))).toBe(false);
  });

  it('install_done_no_reboot: installed, the same boot, services back', () => {
    const { world, machine, cluster } = upgradeWith('install_done_no_reboot');
    passUntil(world, () => machine.next_slot === 'B' && machine.stage === 'running');
    expect(machine).toMatchObject({ boots: 1, running: { version: 'v1.12.11' }, is_ready: true });
    expect(cluster.ledger.report().reboots).toEqual([]);
  });

  it('lying_upgrade: accepted, and nothing is done', () => {
    const { world, machine, said, cluster } = upgradeWith('lying_upgrade');
    pass(world, 30 * MINUTE);
    expect(said).toEqual([]);
    expect(machine).toMatchObject({ stage: 'running', boots: 1, running: { version: 'v1.12.11' } });
    expect(cluster.ledger.report().installs).toEqual([]);
  });

  it('foreign_cordon: the node is cordoned at once, once', () => {
    const { cluster } = smallWorld();
    cluster.faults.arm({ kind: 'foreign_cordon', node: WORKER });
    expect(isCordoned(nodeOf(cluster, WORKER))).toBe(true);
    expect(cluster.faults.list()).toEqual([]);
  });

  it('etcd_member_unhealthy: the legacy upgrade of a control plane node is refused, and the leader moves', () => {
    const { world, cluster } = smallWorld();
    const said: string[] = [];
    cluster.machineEvents.on(({ text }) => said.push(text));
    cluster.faults.arm({ kind: 'etcd_member_unhealthy', node: 'small-cp-1' });
    orderLegacyUpgrade(cluster, machineOf(cluster, 'small-cp-2'), { image: imageOf(cluster), skips_etcd_check: false });
    pass(world, MINUTE);
    expect(said[0]).toMatch(
      /error validating etcd for upgrade: etcd member [0-9a-f]{16} is not healthy; all members must be healthy/,
    );
    expect(cluster.etcd.leader).not.toBe(cluster.etcd.memberOf('small-cp-1')?.id);
    expect(cluster.etcd.hasQuorum()).toBe(true);
  });

  it('a fault strikes as often as it counts, and another node not at all', () => {
    const { cluster } = smallWorld();
    cluster.faults.arm({ kind: 'tool_hangs', node: WORKER, count: 2 });
    const strikes = [WORKER, 'small-worker-1', WORKER, WORKER].map(
      node => cluster.faults.take('tool_hangs', { node }) !== undefined,
    );
    expect(strikes).toEqual([true, false, true, false]);
  });

  it.each([
    [{ kind: 'meteor' }, 'unknown fault kind "meteor"'],
    [{ kind: 'api_429', count: 0 }, '"count" 0 is no positive integer'],
    [{ kind: 'api_slow', delay: 3 }, 'unknown field "delay"'],
    [{ kind: 'api_5xx', status: 'bad' }, '"status" is no number >= 0'],
    [{ kind: 'wrong_identity', node: WORKER }, 'wrong_identity needs "node" and "as_node"'],
    [{ kind: 'etcd_nospace' }, 'etcd_nospace needs "node"'],
  ])('refuses to arm %j', (request, message) => {
    expect(() => smallWorld().cluster.faults.arm(request)).toThrow(message);
  });
});

describe('a node whose kubelet is silent', () => {
  it('is Unknown 40 s after its last lease; its pods are not Ready, and go after 300 s', () => {
    const { world, cluster } = smallWorld();
    cluster.faults.arm({ kind: 'node_never_returns', node: WORKER });
    orderReboot(cluster, machineOf(cluster, WORKER));
    pass(world, 25 * SECOND);
    expect(isReady(nodeOf(cluster, WORKER))).toBe(true);
    pass(world, 20 * SECOND);
    const node = nodeOf(cluster, WORKER);
    expect(conditionOf(node, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown' });
    pass(world, SECOND);
    expect(JSON.stringify(nodeOf(cluster, WORKER).spec)).toContain('node.kubernetes.io/unreachable');
    expect(cluster.pods.onNode(WORKER).some(isReady)).toBe(false);
    pass(world, 310 * SECOND);
    const staying = cluster.pods.onNode(WORKER).filter(pod => pod.metadata.deletionTimestamp === undefined);
    expect(new Set(staying.map(pod => pod.metadata.ownerReferences?.[0]?.kind))).toEqual(new Set(['DaemonSet']));
  });
});
