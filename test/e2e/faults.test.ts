import { expect, it } from 'vitest';
import type { Operation } from '../../src/model/operation.ts';
import { CLUSTER, type Home, type HomeOptions, homeForTest, onlyNode } from './division-home.ts';
import type { Host } from './host.ts';

const WORKER = `${CLUSTER}-worker-1`;
const NAME = `${CLUSTER}/${WORKER}`;

interface Rehearsal {
  home: Home;
  host: Host;
  planHash: unknown;
}

/** A home whose upgrade of one worker is planned, and nothing started. */
async function planned(selector: string = onlyNode(WORKER), fleet: HomeOptions = {}): Promise<Rehearsal> {
  const home = await homeForTest({ controlPlanes: 1, ...fleet });
  const host = await home.host();
  const given = { clusters: [CLUSTER], to_version: 'v1.13.9', node_selector: selector };
  const plan = await host.call('rolling_upgrade', given);
  return { home, host, planHash: plan.structured.plan_hash };
}

async function started({ host, planHash }: Rehearsal): Promise<string> {
  const { structured } = await host.call('rolling_upgrade', { plan_hash: planHash });
  return String(structured.operation_id);
}

/** The operation under a contractor that says it upgraded and did nothing, up to its halt. */
async function liedTo(selector?: string, fleet?: HomeOptions): Promise<Rehearsal & { id: string; halted: Operation }> {
  const rehearsal = await planned(selector, fleet);
  await rehearsal.home.fault({ kind: 'lying_upgrade', node: WORKER });
  const id = await started(rehearsal);
  return { ...rehearsal, id, halted: await rehearsal.host.end(id, 'halted') };
}

it('a lying contractor halts with CONTRACTOR_SUSPECT and the evidence of both sides; what it says it sent is not sent again in this boot', async () => {
  const { home, host, id, halted } = await liedTo();
  expect(halted).toMatchObject({ in_doubt: [NAME], stopped: { code: 'CONTRACTOR_SUSPECT' } });
  const evidence = halted.stopped?.evidence.join('\n');
  expect(evidence).toMatch(/contractor: .*exited 0/);
  expect(evidence).toMatch(/Talos: .*v1\.12\.11/);
  expect(evidence).toMatch(/Kubernetes: .*v1\.12\.11/);
  expect(halted.stopped?.remedy).toContain(NAME);
  expect(await home.node(WORKER)).toMatchObject({ cordoned: true, version: 'v1.12.11' });

  await host.control({
    operation_id: id,
    action: 'resolve',
    reason: 'looked at the console: it never rebooted',
    node: NAME,
    as: 'not_started',
  });
  await host.resume(id, 'try again');
  const again = await host.end(id, 'halted');
  expect(again.stopped).toMatchObject({ code: 'CONTRACTOR_FAILED', reason: expect.stringContaining('exited 0') });
  expect(await home.ledger()).toMatchObject({ installs: [], reboots: [] });
}, 120_000);

it('a node in doubt that is abandoned stays cordoned, and after resume the operation goes on without it', async () => {
  const { home, host, id } = await liedTo(`kubernetes.io/hostname in (${WORKER},${CLUSTER}-worker-2)`, { workers: 3 });
  await host.control({
    operation_id: id,
    action: 'resolve',
    reason: 'it goes to the workshop',
    node: WORKER,
    as: 'abandon',
  });
  await host.resume(id, 'go on without it');
  const ended = await host.end(id, 'failed');
  expect(ended.nodes_by_state).toEqual({ failed: 1, done: 1 });
  expect(ended.in_doubt).toBeUndefined();
  expect(ended.stopped).toMatchObject({ code: 'NODE_NOT_READY', evidence: [NAME] });
  expect(await home.node(WORKER)).toMatchObject({ cordoned: true, version: 'v1.12.11' });
  expect((await home.ledger()).installs.map(({ node }) => node)).toEqual([`${CLUSTER}-worker-2`]);
}, 120_000);

it('an install that is refused: halted, the node uncordoned and untouched, what the machine said is shown; resume tries again', async () => {
  const rehearsal = await planned();
  const { home, host } = rehearsal;
  await home.fault({ kind: 'image_missing', node: WORKER });
  const id = await started(rehearsal);
  const refusals = [
    { kind: 'image_missing', said: /not found/ },
    { kind: 'upgrade_refused', said: /refused by the machine/ },
  ];
  for (const { said } of refusals) {
    const halted = await host.end(id, 'halted');
    expect(halted).toMatchObject({ nodes_by_state: { failed: 1 }, stopped: { code: 'CONTRACTOR_FAILED' } });
    expect(halted.in_doubt).toBeUndefined();
    expect(halted.stopped?.remedy).toContain(NAME);
    expect(halted.stopped?.evidence.join('\n')).toMatch(said);
    expect(await home.node(WORKER)).toMatchObject({ cordoned: false, version: 'v1.12.11' });
    expect((await home.ledger()).installs).toEqual([]);
    if (said === refusals[0]?.said) await home.fault({ kind: 'upgrade_refused', node: WORKER });
    await host.resume(id, 'repaired');
  }
  await host.end(id, 'succeeded');
  expect(await home.ledger()).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1 });
}, 120_000);

it('a node that boots its old version is rolled back: halted, still cordoned, and never upgraded a second time', async () => {
  const rehearsal = await planned();
  const { home, host } = rehearsal;
  await home.fault({ kind: 'node_boots_old_slot', node: WORKER });
  const id = await started(rehearsal);
  const halted = await host.end(id, 'halted');
  expect(halted).toMatchObject({ status: 'halted', nodes_by_state: { rolled_back: 1 } });
  expect(halted.stopped).toMatchObject({ code: 'NODE_NOT_READY', reason: expect.stringContaining(NAME) });
  expect(halted.stopped?.remedy).toContain(NAME);
  expect(await home.node(WORKER)).toMatchObject({ cordoned: true, version: 'v1.12.11' });

  await host.resume(id, 'go on with the others');
  expect((await host.end(id, 'failed')).nodes_by_state).toEqual({ rolled_back: 1 });
  const ledger = await home.ledger();
  expect(ledger.installs.map(({ node }) => node)).toEqual([WORKER]);
  expect(ledger.reboots.map(({ node }) => node)).toEqual([WORKER]);
}, 120_000);

it('an unhealthy etcd member: the plan says QUORUM_AT_RISK, can’t be started, and no control plane node is touched', async () => {
  const home = await homeForTest();
  const host = await home.host();
  await host.call('cluster_health');
  await home.fault({ kind: 'etcd_member_unhealthy', node: `${CLUSTER}-cp-2` });
  const plan = await host.call('rolling_upgrade', { clusters: [CLUSTER], to_version: 'v1.13.9' });
  const { blocked } = plan.structured.preflight as { blocked: { code: string; message: string }[] };
  expect(blocked.map(({ code }) => code)).toContain('QUORUM_AT_RISK');
  const refusal = await host.refusal('rolling_upgrade', { plan_hash: plan.structured.plan_hash });
  expect(refusal.code).toBe('DISRUPTION_BLOCKED');
  expect(await home.ledger()).toMatchObject({ installs: [], reboots: [], evictions_by_pod_uid: {} });
  for (const node of await home.nodes()) expect(node).toMatchObject({ cordoned: false, version: 'v1.12.11' });
}, 60_000);

it('an etcd member that falls ill after the plan: halted before a control plane node is touched', async () => {
  const rehearsal = await planned(onlyNode(`${CLUSTER}-cp-1`), { controlPlanes: 3, speed: 400 });
  const { home, host } = rehearsal;
  await home.fault({ kind: 'etcd_member_unhealthy', node: `${CLUSTER}-cp-2` });
  const halted = await host.end(await started(rehearsal), 'halted');
  expect(halted.nodes_by_state).toEqual({ pending: 1 });
  expect(halted.stopped?.evidence.join('\n')).toMatch(/etcd member/);
  expect(await home.ledger()).toMatchObject({ installs: [], reboots: [], etcd_quorum_lost: 0 });
  expect(await home.node(`${CLUSTER}-cp-1`)).toMatchObject({ cordoned: false });
}, 60_000);

it('a machine that answers for another: CONTRACTOR_SUSPECT, and nothing is done', async () => {
  const rehearsal = await planned(onlyNode(WORKER), { speed: 400 });
  const { home, host } = rehearsal;
  await home.fault({ kind: 'wrong_identity', node: WORKER, as_node: `${CLUSTER}-worker-2` });
  const again = await host.call('rolling_upgrade', {
    clusters: [CLUSTER],
    to_version: 'v1.13.9',
    node_selector: onlyNode(WORKER),
  });
  const { blocked } = again.structured.preflight as { blocked: { code: string }[] };
  expect(blocked.map(({ code }) => code)).toContain('CONTRACTOR_SUSPECT');

  const halted = await host.end(await started(rehearsal), 'halted');
  expect(halted).toMatchObject({ status: 'halted', stopped: { code: 'CONTRACTOR_SUSPECT' } });
  expect(await home.ledger()).toMatchObject({ installs: [], reboots: [], evictions_by_pod_uid: {} });
  expect(await home.node(WORKER)).toMatchObject({ cordoned: false, version: 'v1.12.11' });
}, 90_000);

it('a webhook that fails twice, storms of 503 and 429, resets: waited out, and the upgrade succeeds', async () => {
  const rehearsal = await planned();
  const { home, host } = rehearsal;
  const id = await started(rehearsal);
  await home.fault({ kind: 'evict_webhook_500', count: 2 });
  await home.fault({ kind: 'api_5xx', count: 8 });
  await home.fault({ kind: 'api_429', count: 8 });
  await home.fault({ kind: 'api_reset', count: 4 });
  expect((await host.end(id, 'succeeded')).nodes_by_state).toEqual({ done: 1 });
  expect(await home.control('/faults')).toMatchObject({ faults: [] });
  expect(await home.ledger()).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
}, 120_000);
