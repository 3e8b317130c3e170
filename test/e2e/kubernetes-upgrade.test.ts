/** Scenario 3 of the seed through real parts: Kubernetes by one patch, control plane first, then every kubelet on a drained node. */
import { describe, expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';
import { killAtOnce } from './processes.ts';

interface Planned {
  plan_hash: string;
  preflight: { blocked: unknown[] };
  authority: { level: string };
}

describe('kubernetes_upgrade', () => {
  it('R206, R334, R335: control plane by the contractor, kubelets node by node on drained nodes; killed on the way it goes on', async () => {
    const home = await homeForTest({ controlPlanes: 3, workers: 2, speed: 300 });
    const host = await home.host();
    const { structured } = await host.call('rolling_upgrade', {
      clusters: [CLUSTER],
      kind: 'kubernetes',
      to_version: 'v1.35.6',
    });
    const plan = structured as unknown as Planned;
    expect(plan).toMatchObject({
      playbook: 'kubernetes_upgrade',
      authority: { level: 'coo' },
      preflight: { blocked: [] },
    });
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await home.written(id, entry => entry.kind === 'outcome' && entry.effect.kind === 'upgrade_kubernetes');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await home.written(id, entry => entry.kind === 'outcome' && entry.effect.kind === 'patch_config');
    await killAtOnce(await home.executorPid());

    await host.end(id, 'succeeded');
    const journal = await home.journal(id);
    const steps = journal.flatMap(entry => (entry.kind === 'step' && entry.state === 'done' ? [entry.step] : []));
    expect(steps.indexOf(`${CLUSTER}/snapshot`)).toBeLessThan(steps.indexOf(`${CLUSTER}/upgrade_control_plane`));
    const kubelets = steps.filter(step => step.endsWith('/kubelet')).map(step => step.split('/')[1]);
    expect(kubelets).toHaveLength(5);
    expect(kubelets.slice(3)).toEqual([`${CLUSTER}-worker-1`, `${CLUSTER}-worker-2`]);
    for (const node of kubelets) {
      const own = steps.filter(step => step.includes(`/${node}/`)).map(step => step.split('/').at(-1));
      expect(own).toEqual(['ready_for_next', 'cordon', 'drain', 'kubelet', 'uncordon', 'healthy']);
    }
    const ledger = await home.ledger();
    expect(ledger).toMatchObject({
      installs: [],
      reboots: [],
      pdb_violations: 0,
      control_plane_overlaps: 0,
      etcd_quorum_lost: 0,
    });
    expect((await home.nodes()).every(({ cordoned, ready }) => !cordoned && ready)).toBe(true);
  }, 180_000);

  it('R328: a step over a minor is refused when it is planned, and nothing is touched', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 1 });
    const host = await home.host();
    const { structured } = await host.call('rolling_upgrade', {
      clusters: [CLUSTER],
      kind: 'kubernetes',
      to_version: 'v1.37.0',
    });
    const plan = structured as unknown as Planned;
    expect(JSON.stringify(plan.preflight.blocked)).toContain('VERSION_SKEW');
    const refused = await host.refusal('execute_plan', { plan_hash: plan.plan_hash });
    expect(refused.code).toBe('DISRUPTION_BLOCKED');
  }, 60_000);
});
