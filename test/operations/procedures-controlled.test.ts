/** Procedures that somebody pauses, resumes or cancels, at awkward moments; virtual time on a simulated fleet. */
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { Operation } from '../../src/model/operation.ts';
import { cordonedNodes } from '../crash/in-process/cordons.ts';
import { leaseHolder } from '../crash/in-process/judge.ts';
import { procedureViolations } from '../crash/in-process/judge-procedure.ts';
import {
  type Control,
  type ProcedureOptions,
  type ProcedureRun,
  preparedProcedure,
  runProcedure,
} from '../crash/in-process/procedure-division.ts';
import { shop } from '../crash/in-process/shop.ts';

const HOUR_MS = 3_600_000;
const node = 'six-worker-1';
const maintain = { playbook: 'maintain_node', cluster: 'six', node, reason: 'a fan' };
const remove = { playbook: 'remove_node', cluster: 'six', node };
const upgrade = { playbook: 'kubernetes_upgrade', clusters: ['six'], to_version: 'v1.35.6' };

const control = (action: Control['action']): Control => ({ action, reason: 'a test' });
const resume = control('resume');
const isStep =
  (step: string, state: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'step' && entry.step.endsWith(`/${step}`) && entry.state === state;
const isEffect =
  (kind: 'intent' | 'outcome', effect: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === kind && entry.effect.kind === effect;
const isControl =
  (action: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'control' && entry.action === action;

const timesOf = ({ journal }: ProcedureRun, step: string, state: string): number =>
  journal.filter(isStep(step, state)).length;
const minutesBetween = ({ journal }: ProcedureRun, one: (e: JournalEntry) => boolean, other: typeof one): number => {
  const [from, to] = [journal.find(one), journal.find(other)];
  return (Date.parse(to?.at ?? '') - Date.parse(from?.at ?? '')) / 60_000;
};

async function run(task: unknown, options: ProcedureOptions) {
  const done = await runProcedure(await preparedProcedure(task), options);
  expect(procedureViolations(done)).toEqual([]);
  return done;
}

describe('a node in maintenance', () => {
  it('is given back when somebody resumes, and not before', async () => {
    const done = await run(maintain, {
      script: [{ when: isStep('hold', 'waiting'), afterMs: 30 * HOUR_MS, control: resume }],
    });
    expect(done.operation.status).toBe('succeeded');
    expect(minutesBetween(done, isStep('hold', 'waiting'), isStep('hold', 'done'))).toBeGreaterThanOrEqual(30 * 60);
    expect(cordonedNodes(done.cluster)).toEqual([]);
  });

  it('stays in maintenance when a pause of it ends: the next resume gives it back', async () => {
    const done = await run(maintain, {
      script: [
        { when: isStep('hold', 'waiting'), control: control('pause') },
        { when: isControl('pause'), afterMs: HOUR_MS, control: resume },
        { when: isControl('resume'), afterMs: HOUR_MS, control: resume },
      ],
    });
    expect(done.operation.status).toBe('succeeded');
    expect(done.journal.filter(isControl('resume'))).toHaveLength(2);
    expect(minutesBetween(done, isControl('resume'), isStep('hold', 'done'))).toBeGreaterThanOrEqual(60);
  });
});

describe('a drain that waits for a budget', () => {
  const blocked = { kind: 'budget_blocked', namespace: 'web', budget: 'web', count: null };
  const stuck = { kind: 'pod_stuck_terminating', namespace: 'web', pod: 'web*', count: null };
  const isStuck = (entry: JournalEntry): boolean =>
    isStep('drain', 'waiting')(entry) && /terminat/i.test(`${entry.kind === 'step' && entry.reason}`);
  const free = ({ cluster }: { cluster: ProcedureRun['cluster'] }): void => void cluster.faults.clear();

  it.each<[string, ProcedureOptions]>([
    [
      'paused meanwhile for ten hours',
      {
        script: [
          { when: isStuck, control: control('pause') },
          { when: isControl('pause'), afterMs: 10 * HOUR_MS, control: resume },
          { when: isControl('resume'), afterMs: 60_000, act: free },
          { when: isStep('hold', 'waiting'), control: resume },
        ],
      },
    ],
    [
      'without an executor for ten hours',
      {
        stopAt: [{ call: 120, when: 'after' }],
        restartAfterMs: 10 * HOUR_MS,
        script: [
          { when: isStuck, afterMs: 10 * HOUR_MS + 60_000, act: free },
          { when: isStep('hold', 'waiting'), control: resume },
        ],
      },
    ],
  ])('is not over when it was %s: it goes on', async (_name, options) => {
    const done = await run(maintain, { faults: [stuck], ...options });
    expect(done.operation).toMatchObject({ status: 'succeeded' });
    expect(timesOf(done, 'drain', 'failed')).toBe(0);
    expect(done.lives).toHaveLength(options.stopAt ? 2 : 1);
  });

  it('fails in the end, gives the node back, and does both again when somebody resumes', async () => {
    const done = await run(maintain, {
      faults: [blocked],
      script: [
        { when: entry => entry.kind === 'stopped', act: free },
        { when: isStep('hold', 'waiting'), control: resume },
      ],
      human: ({ status }) => (status === 'failed' ? resume : undefined),
    });
    expect(done.operation.status).toBe('succeeded');
    expect(timesOf(done, 'cordon/undo', 'done')).toBe(1);
    expect(timesOf(done, 'cordon', 'done')).toBe(2);
    expect(cordonedNodes(done.cluster)).toEqual([]);
    // Given up at the first end, it is taken again, and given up again.
    expect(done.journal.filter(isEffect('intent', 'hold_lease'))).toHaveLength(2);
    expect(leaseHolder(done)).toBeUndefined();
  });
});

describe('an application that was rolled back', () => {
  it('is applied again when somebody resumes; whoever was told of the failure is told of the success', async () => {
    const done = await run(shop, {
      faults: [{ kind: 'pod_crash_loop', namespace: 'shop', pod: 'shop*', count: null }],
      script: [{ when: entry => entry.kind === 'stopped', act: ({ cluster }) => void cluster.faults.clear() }],
      human: ({ status }) => (status === 'failed' ? resume : undefined),
    });
    expect(done.operation.status).toBe('succeeded');
    expect(timesOf(done, 'apply/undo', 'done')).toBe(1);
    expect(done.journal.filter(isEffect('intent', 'apply_objects'))).toHaveLength(2);
    expect(done.cluster.store.get('deployments.apps', 'shop', 'shop')).toBeDefined();
    const id = done.operation.operation_id;
    expect(done.sent.toSorted()).toEqual([`${id}/notice/0`, `${id}/notice/0/2`]);
  });
});

describe('cancelled', () => {
  it('SAFETY 8: while its machine is wiped: that comes to its end, once, and the node stays aside and is named', async () => {
    const done = await run(remove, { script: [{ when: isEffect('intent', 'reset'), control: control('cancel') }] });
    expect(done.operation.status).toBe('cancelled');
    expect(done.orders.map(({ kind }) => kind)).toEqual(['reset']);
    expect(timesOf(done, 'reset', 'done')).toBe(1);
    expect(timesOf(done, 'delete', 'skipped')).toBe(1);
    expect(cordonedNodes(done.cluster)).toEqual([node]);
    expect(done.operation.result_summary).toContain(`six/${node} stays cordoned`);
    expect(leaseHolder(done)).toBeUndefined();
  });

  it('SAFETY 8: while a kubelet is upgraded: proved well it is given back, and no other node is touched', async () => {
    const done = await run(upgrade, {
      script: [{ when: isEffect('outcome', 'patch_config'), control: control('cancel') }],
    });
    expect(done.operation.status).toBe('cancelled');
    expect(timesOf(done, 'kubelet', 'done')).toBe(1);
    expect(cordonedNodes(done.cluster)).toEqual([]);
  });

  it('while others are about to be applied: none of them is', async () => {
    const two = {
      ...shop,
      applications: ['shop', 'inn'].map(name => ({ ...shop.applications[0], name, namespace: name })),
    };
    const done = await run(two, {
      faults: [{ kind: 'api_slow', resource: 'namespaces', verb: 'create', delay_ms: 20_000, count: 1 }],
      script: [{ when: isEffect('intent', 'create_namespace'), control: control('cancel') }],
    });
    expect(done.operation.status).toBe('cancelled');
    expect(done.journal.filter(isEffect('intent', 'create_namespace'))).toHaveLength(1);
    expect(done.journal.filter(isEffect('intent', 'apply_objects'))).toEqual([]);
  });
});

describe('SAFETY 3: a step of which nobody knows whether it was begun', () => {
  /** The executor ends as it is about to have the machine wiped by a contractor that keeps no receipts; then a person answers. */
  async function answered(as: 'done' | 'not_started' | 'abandon') {
    const contractor = 'forgetful';
    const prepared = await preparedProcedure(remove);
    const call = ((await runProcedure(prepared, { contractor })).lives[0]?.calls ?? []).indexOf('talos.reset') + 1;
    expect(call).toBeGreaterThan(0);
    const asked: Operation[] = [];
    const human: ProcedureOptions['human'] = operation => {
      asked.push(operation);
      const [step] = operation.in_doubt ?? [];
      if (step) return { action: 'resolve', node: step, as, reason: 'its console shows it' };
      return asked.length === 2 ? resume : undefined;
    };
    const done = await runProcedure(prepared, { contractor, stopAt: [{ call, when: 'before' }], human });
    expect(procedureViolations(done)).toEqual([]);
    const wipes = done.orders.filter(({ kind }) => kind === 'reset');
    return { asked, done, wipes };
  }

  it('is named and sends nothing by itself; said not to have been, the next attempt takes its place', async () => {
    const { asked, done, wipes } = await answered('not_started');
    expect(asked[0]).toMatchObject({
      status: 'halted',
      in_doubt: [`six/${node}/reset`],
      stopped: { code: 'OUTCOME_UNKNOWN', remedy: expect.stringContaining('control_operation resolve with node ') },
    });
    expect(asked[1]?.in_doubt).toBeUndefined();
    expect(done.operation.status).toBe('succeeded');
    const attempts = done.operation.steps?.flatMap(step => step.attempts ?? []).map(each => each.attempt_id);
    expect(wipes).toMatchObject([{ attemptId: attempts?.[1], supersedes: attempts?.slice(0, 1) }]);
    expect(leaseHolder(done)).toBeUndefined();
  });

  it('abandoned: it has failed for good, nothing was sent, and the cluster is given back', async () => {
    const { asked, done, wipes } = await answered('abandon');
    expect(asked).toHaveLength(3);
    expect(done.operation).toMatchObject({
      status: 'failed',
      stopped: { reason: expect.stringContaining('abandoned: its console shows it') },
    });
    expect(done.operation.in_doubt).toBeUndefined();
    expect(wipes).toEqual([]);
    expect(leaseHolder(done)).toBeUndefined();
  });
});
