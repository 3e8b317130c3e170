import { describe, expect, it } from 'vitest';
import { applyEntry, foldOperation } from '../../src/decisions/operation-state.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { auditLine } from '../../src/operations/audit-line.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';

const plan = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1'], new Map()).plan();
const operation = { operationId: 'op-1', planHash: plan.plan_hash, simulated: false };

/** The line of each body, told one after another. */
function told(...bodies: JournalBody[]) {
  let state = foldOperation(plan, []);
  return bodies.map((body, index) => {
    const entry = { sequence: index + 1, at: '2026-11-22T10:00:00.000Z', ...body };
    state = applyEntry(state, entry);
    return auditLine(entry, operation, state);
  });
}

const queued: JournalBody = { kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' };
const authorized = (cluster: string, approvedBy: string): JournalBody => ({
  kind: 'authorized',
  cluster,
  level: 'coo',
  rule: 'a Talos minor across a cluster is COO',
  approved_by: approvedBy,
  approval_id: `approval-${approvedBy}`,
});
const cordon: JournalBody = {
  kind: 'outcome',
  effect: {
    kind: 'cordon',
    cluster: 'production',
    node: 'worker-1',
    resource_version: '7',
    prior_unschedulable: false,
  },
  result: 'ok',
  detail: 'cordoned',
};
const observed: JournalBody = {
  kind: 'observed',
  cluster: 'production',
  node: 'worker-1',
  state: 'done',
  reason: 'proved',
  evidence: ['bootID changed'],
};

describe('a line of the audit trail', () => {
  it('says who asked, who approved by which rule, which plan, what was done, what was observed', () => {
    const [asked, approved, done, seen] = told(queued, authorized('production', 'dana (coo)'), cordon, observed);
    expect(asked).toEqual({
      timestamp: '2026-11-22T10:00:00.000Z',
      operation_id: 'op-1',
      plan_hash: plan.plan_hash,
      sequence: 1,
      kind: 'queued',
      simulated: false,
      requested_by: 'operator',
    });
    const authority = {
      requested_by: 'operator',
      approved_by: 'dana (coo)',
      rule: 'a Talos minor across a cluster is COO',
    };
    expect(approved).toMatchObject({ ...authority, level: 'coo', approval_id: 'approval-dana (coo)' });
    expect(done).toMatchObject({
      ...authority,
      action: 'cordon',
      cluster: 'production',
      node: 'worker-1',
      result: 'ok',
    });
    expect(seen).toMatchObject({ ...authority, state: 'done', evidence: ['bootID changed'] });
  });

  it('names the approval of its own cluster; one about all clusters only an approval that is the same for all', () => {
    const phase: JournalBody = { kind: 'phase', name: 'workers' };
    const both = told(queued, authorized('staging', 'eve'), phase, authorized('production', 'dana'), cordon, phase);
    expect(both.map(line => line?.approved_by)).toEqual([undefined, 'eve', 'eve', 'dana', 'dana', undefined]);
  });

  it('intents, waits and starts are the operation’s own', () => {
    const lines = told(
      { kind: 'started' },
      { kind: 'intent', effect: { kind: 'hold_lease', cluster: 'production' }, reason: '' },
      { kind: 'waiting', reason: 'a budget', what_ends_it: 'the budget' },
    );
    expect(lines).toEqual([undefined, undefined, undefined]);
  });
});
