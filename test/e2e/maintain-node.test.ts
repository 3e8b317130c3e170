/** A procedure of steps through real parts: decompose_task → execute_plan → the node aside → resumed → given back. */
import { describe, expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';
import { killAtOnce } from './processes.ts';

const NODE = `${CLUSTER}-worker-1`;
const task = { playbook: 'maintain_node', cluster: CLUSTER, node: NODE, reason: 'a fan is replaced' };

describe('maintain_node', () => {
  it('R113: cordons, drains, holds until somebody resumes, proves and gives back; a killed executor goes on', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 3 });
    const host = await home.host();
    const decomposed = await host.call('decompose_task', { task });
    expect(decomposed.structured).toMatchObject({ outcome: 'plan' });
    const plan = decomposed.structured.plan as { plan_hash: string; playbook: string };
    expect(plan).toMatchObject({ playbook: 'maintain_node', preflight: { blocked: [] } });

    const started = await host.call('execute_plan', { plan_hash: plan.plan_hash });
    const id = String(started.structured.operation_id);
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'evict');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await home.written(id, entry => entry.kind === 'step' && entry.step.endsWith('/hold') && entry.state === 'waiting');
    expect(await home.node(NODE)).toMatchObject({ cordoned: true });

    await host.call('control_operation', { operation_id: id, action: 'resume', reason: 'the fan is in' });
    const operation = await host.end(id, 'succeeded');
    expect(operation).toMatchObject({ progress: { done: 6, total: 6 } });
    expect(await home.node(NODE)).toMatchObject({ cordoned: false, ready: true });
    const journal = await home.journal(id);
    const done = journal.flatMap(entry => (entry.kind === 'step' && entry.state === 'done' ? [entry.step] : []));
    expect(done.map(step => step.split('/').at(-1))).toEqual([
      'hold_lease',
      'cordon',
      'drain',
      'hold',
      'prove',
      'uncordon',
    ]);
    const ledger = await home.ledger();
    expect(ledger).toMatchObject({ pdb_violations: 0 });
    expect(Math.max(...Object.values(ledger.evictions_by_pod_uid))).toBe(1);
  }, 90_000);

  it('cancelled in its hold it gives the node back', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 3 });
    const host = await home.host();
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await home.written(id, entry => entry.kind === 'step' && entry.step.endsWith('/hold') && entry.state === 'waiting');
    await host.call('control_operation', { operation_id: id, action: 'cancel', reason: 'another day' });
    await host.end(id, 'cancelled');
    expect(await home.node(NODE)).toMatchObject({ cordoned: false });
  }, 90_000);
});
