/** A node whose kubelet is dead, and nodes that leave for good, through real parts. */
import { describe, expect, it, vi } from 'vitest';
import { CLUSTER, type Home, homeForTest } from './division-home.ts';
import { talosctl } from './simulated-talosctl.ts';

const NODE = `${CLUSTER}-worker-1`;

async function planned(host: Awaited<ReturnType<Home['host']>>, task: Record<string, unknown>): Promise<string> {
  const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
  expect(plan).toMatchObject({ preflight: { blocked: [] } });
  return String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
}

const stepsOf = (operation: {
  steps?: { id: string; state: string; result?: Record<string, unknown> | undefined }[] | undefined;
}) => new Map((operation.steps ?? []).map(step => [step.id.split('/').at(-1), step]));

describe('node_failure', () => {
  it('R254, R255, R258: a dead node is cordoned and drained as far as that goes, mended, given back; its capacity is proved', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 3 });
    const host = await home.host();
    await host.call('cluster_health', {});
    const world = (await home.control('/world')) as {
      clusters: Record<string, { nodes: { name: string; ip: string }[] }>;
    };
    const address = world.clusters[CLUSTER]?.nodes.find(({ name }) => name === NODE)?.ip ?? '';
    await talosctl(home, address, 'shutdown', '--force', '--wait=false');
    await vi.waitFor(async () => expect(await home.node(NODE)).toMatchObject({ ready: false }), {
      timeout: 30_000,
      interval: 100,
    });

    const id = await planned(host, { playbook: 'node_failure', cluster: CLUSTER, node: NODE });
    await home.written(
      id,
      entry => entry.kind === 'step' && entry.step.endsWith('/rejoin') && entry.state === 'waiting',
    );
    expect(await home.node(NODE)).toMatchObject({ cordoned: true });
    await home.control('/power', { cluster: CLUSTER, node: NODE });
    const operation = await host.end(id, 'succeeded', 120_000);
    const steps = stepsOf(operation);
    expect(steps.get('drain')?.result?.terminating).toBeInstanceOf(Array);
    expect(steps.get('diagnose')?.result).toMatchObject({ area: 'hardware', owner: 'infrastructure' });
    expect(await home.node(NODE)).toMatchObject({ cordoned: false, ready: true });
    const journal = await home.journal(id);
    const begun = journal.flatMap(entry => (entry.kind === 'step' && entry.state === 'running' ? [entry.step] : []));
    expect(begun.map(step => step.split('/').at(-1))).toEqual([
      'detect',
      'hold_lease',
      'cordon',
      'drain',
      'diagnose',
      'coordinate',
      'replace',
      'rejoin',
      'uncordon',
      'verify',
      'capacity',
      'report',
    ]);
    const evictions = Object.values((await home.ledger()).evictions_by_pod_uid);
    expect(Math.max(0, ...evictions)).toBeLessThanOrEqual(1);
  }, 180_000);

  it('R253: a node that is well is not drained by it', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 2 });
    const host = await home.host();
    const id = await planned(host, { playbook: 'node_failure', cluster: CLUSTER, node: NODE });
    await host.end(id, 'failed');
    expect(await home.node(NODE)).toMatchObject({ cordoned: false, ready: true });
  }, 90_000);
});

describe('remove_node', () => {
  it('R115, R300: a worker and a control plane node leave: drained, out of etcd, wiped, removed; quorum is kept', async () => {
    const home = await homeForTest({ controlPlanes: 4, workers: 3 });
    const host = await home.host();
    const worker = await planned(host, { playbook: 'remove_node', cluster: CLUSTER, node: NODE });
    await host.end(worker, 'succeeded', 120_000);
    const plane = await planned(host, { playbook: 'remove_node', cluster: CLUSTER, node: `${CLUSTER}-cp-4` });
    await host.end(plane, 'succeeded', 120_000);
    const world = (await home.control('/world')) as {
      clusters: Record<string, { etcd: { members: { name: string }[]; has_quorum: boolean } }>;
    };
    expect(world.clusters[CLUSTER]?.etcd).toMatchObject({ has_quorum: true });
    expect(world.clusters[CLUSTER]?.etcd.members.map(({ name }) => name).sort()).toEqual(
      [1, 2, 3].map(ordinal => `${CLUSTER}-cp-${ordinal}`),
    );
    expect(await home.ledger()).toMatchObject({ pdb_violations: 0, etcd_quorum_lost: 0 });
  }, 300_000);
});
