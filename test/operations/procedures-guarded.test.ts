/** Procedures on clusters and plans that are not what they were: nothing is done to them. */
import { describe, expect, it } from 'vitest';
import { planHash } from '../../src/decisions/plan-hash.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { ProcedurePlan } from '../../src/model/plan.ts';
import type { SimCluster } from '../../src/simulation/world/cluster.ts';
import { cordonedNodes } from '../crash/in-process/cordons.ts';
import { leaseHolder } from '../crash/in-process/judge.ts';
import {
  type PreparedProcedure,
  type ProcedureRun,
  preparedProcedure,
  runProcedure,
} from '../crash/in-process/procedure-division.ts';

const node = 'six-worker-1';
const maintain = { playbook: 'maintain_node', cluster: 'six', node, reason: 'a fan', minutes: 30 };
const remove = { playbook: 'remove_node', cluster: 'six', node: 'six-cp-1' };

const effectsOf = ({ journal }: ProcedureRun): string[] =>
  journal.flatMap(entry => (entry.kind === 'intent' ? [entry.effect.kind] : []));
const isStep =
  (step: string, state: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'step' && entry.step.endsWith(`/${step}`) && entry.state === state;

/** As if it were another cluster behind the same address. */
function anotherCluster({ store }: SimCluster): void {
  const namespace = store.get('namespaces', undefined, 'kube-system');
  if (!namespace) throw new Error('there is no kube-system');
  store.remove('namespaces', undefined, 'kube-system');
  store.create('namespaces', { ...namespace, metadata: { name: 'kube-system' } });
}

/** The node bears its name on other hardware. */
function anotherMachine({ store }: SimCluster): void {
  const found = store.get('nodes', undefined, node);
  if (!found) throw new Error('there is no such node');
  const status = structuredClone(found.status) as { nodeInfo: { systemUUID: string } };
  status.nodeInfo.systemUUID = '00000000-0000-4000-8000-000000000000';
  store.replace('nodes', { ...found, status });
}

describe('SAFETY 9: a cluster that changed since it was planned', () => {
  it.each([
    ['another cluster', anotherCluster, 'it is another cluster'],
    ['another machine under the node’s name', anotherMachine, `${node} is another machine now`],
  ])('%s: stopped before the first effect', async (_name, change, why) => {
    const done = await runProcedure(await preparedProcedure(maintain), { before: ({ cluster }) => change(cluster) });
    expect(done.operation).toMatchObject({ status: 'failed', stopped: { code: 'STALE_PLAN' } });
    expect(done.operation.stopped?.reason).toContain(why);
    expect(effectsOf(done)).toEqual([]);
    expect(leaseHolder(done)).toBeUndefined();
  });

  it('while the executor was away: the next one does nothing more, and names what it leaves cordoned', async () => {
    const prepared = await preparedProcedure(maintain);
    const calls = (await runProcedure(prepared)).lives[0]?.calls ?? [];
    const cordoned = calls.indexOf('kubernetes.cordon') + 1;
    const done = await runProcedure(prepared, {
      stopAt: [{ call: cordoned, when: 'after' }],
      script: [
        {
          when: entry => entry.kind === 'intent' && entry.effect.kind === 'cordon',
          act: ({ cluster }) => anotherCluster(cluster),
        },
      ],
    });
    expect(done.lives).toHaveLength(2);
    expect(done.operation.stopped).toMatchObject({ code: 'STALE_PLAN' });
    expect(done.operation.stopped?.remedy).toContain(`six/${node} stays cordoned`);
    expect(cordonedNodes(done.cluster)).toEqual([node]);
    expect(effectsOf(done).filter(kind => kind === 'evict')).toEqual([]);
  });

  it('a plan without a kube-system uid is held to its machines alone: each step looks at those', async () => {
    const prepared = await preparedProcedure(maintain);
    const clusters = prepared.plan.clusters.map(cluster => ({ ...cluster, kube_system_uid: 'unknown' }));
    const done = await runProcedure(withHash({ ...prepared, plan: { ...prepared.plan, clusters } }));
    expect(done.operation.status).toBe('succeeded');
  });
});

const withHash = ({ plan, ...prepared }: PreparedProcedure): PreparedProcedure => ({
  ...prepared,
  plan: { ...plan, plan_hash: planHash(plan) },
});

describe('a plan whose file was changed', () => {
  const changed = (plan: ProcedurePlan, change: (step: ProcedurePlan['steps'][number]) => object): ProcedurePlan => ({
    ...plan,
    steps: plan.steps.map(step => ({ ...step, ...change(step) })),
  });

  it('SAFETY 9: is not run, also when it only looks and tells', async () => {
    const prepared = await preparedProcedure({ playbook: 'capacity_planning', clusters: ['six'] });
    const plan = changed(prepared.plan, () => ({ in_any_case: true }));
    const done = await runProcedure({ ...prepared, plan });
    expect(done.operation).toMatchObject({ status: 'failed', stopped: { code: 'AUTHORITY_REFUSED' } });
    expect(done.sent).toEqual([]);
    expect(done.journal.filter(entry => entry.kind === 'step')).toEqual([]);
  });

  it('R300: without its own gates an etcd still loses no member that it needs', async () => {
    const prepared = await preparedProcedure(remove);
    const plan = changed(prepared.plan, ({ id }) => (id.endsWith('/leave_etcd') ? { depends_on: [] } : {}));
    const done = await runProcedure(withHash({ ...prepared, plan }), {
      faults: [{ kind: 'etcd_member_unhealthy', node: 'six-cp-2', count: null }],
    });
    expect(done.operation.status).toBe('failed');
    expect(effectsOf(done).filter(kind => kind.includes('etcd') || kind === 'reset')).toEqual([]);
    expect(done.ledger.etcd_quorum_lost).toBe(0);
  });
});

describe('an address that is another machine’s by now', () => {
  it.each(['leave_etcd', 'reset'])('SAFETY 1: %s is not sent to it', async step => {
    const prepared = await preparedProcedure(remove);
    const address = [...worldAddresses(prepared)].find(([name]) => name === 'six-cp-2')?.[1] ?? '';
    const clusters = prepared.plan.clusters.map(cluster => ({
      ...cluster,
      targets: cluster.targets?.map(target => ({ ...target, address })) ?? [],
    }));
    const steps = prepared.plan.steps.filter(({ id }) => step === 'leave_etcd' || !id.endsWith('/leave_etcd'));
    const linked = steps.map(each => ({
      ...each,
      depends_on: each.depends_on.filter(id => steps.some(one => one.id === id)),
    }));
    const done = await runProcedure(withHash({ ...prepared, plan: { ...prepared.plan, clusters, steps: linked } }));
    expect(done.operation.steps?.find(({ id }) => id.endsWith(`/${step}`))).toMatchObject({
      state: 'failed',
      code: 'CONTRACTOR_SUSPECT',
    });
    expect(done.orders).toEqual([]);
    expect(done.cluster.etcd.members).toHaveLength(3);
  });
});

const worldAddresses = ({ plan, image }: PreparedProcedure): [string, string][] =>
  image.clusters
    .filter(({ name }) => plan.clusters.some(cluster => cluster.name === name))
    .flatMap(({ machines }) => machines.map((machine): [string, string] => [machine.name, machine.ip]));

describe('SAFETY 6: a Lease', () => {
  const take = ({ store }: SimCluster): void => {
    const lease = store.get('leases.coordination.k8s.io', 'kube-system', 'containers-gm');
    if (!lease) throw new Error('nobody holds it');
    const spec = { ...(lease.spec as object), holderIdentity: 'op-ffffffffffffffff' };
    store.replace('leases.coordination.k8s.io', { ...lease, spec });
  };

  it('that somebody else took half way ends it; when that one is gone for good a person says so, and it goes on', async () => {
    const prepared = await preparedProcedure(maintain);
    let isResolved = false;
    const done = await runProcedure(prepared, {
      script: [{ when: isStep('hold_lease', 'done'), act: ({ cluster }) => take(cluster) }],
      human: ({ status, stopped }) => {
        if (status === 'succeeded') return undefined;
        expect(stopped).toMatchObject({ code: 'OPERATION_CONFLICT' });
        expect(stopped?.reason).toContain('op-ffffffffffffffff');
        if (isResolved) return { action: 'resume', reason: 'it is gone' };
        isResolved = true;
        return { action: 'resolve', reason: 'it is gone', node: 'six', as: 'abandon', holder: 'op-ffffffffffffffff' };
      },
    });
    expect(done.operation.status).toBe('succeeded');
    expect(leaseHolder(done)).toBeUndefined();
  });
});
