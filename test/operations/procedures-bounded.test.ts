/** Procedures that get nowhere have an end, and a journal that somebody can read. */
import { describe, expect, it } from 'vitest';
import { planHash } from '../../src/decisions/plan-hash.ts';
import type { ProcedurePlan } from '../../src/model/plan.ts';
import type { PlannedStep } from '../../src/model/step.ts';
import { cordonedNodes } from '../crash/in-process/cordons.ts';
import { procedureViolations } from '../crash/in-process/judge-procedure.ts';
import { preparedProcedure, runProcedure } from '../crash/in-process/procedure-division.ts';

const node = 'six-worker-1';
const maintain = { playbook: 'maintain_node', cluster: 'six', node, reason: 'a fan', minutes: 30 };
const remove = { playbook: 'remove_node', cluster: 'six', node };

/** The plan with other steps than its playbook’s. */
const withSteps = (plan: ProcedurePlan, steps: PlannedStep[]): ProcedurePlan => {
  const changed = { ...plan, steps };
  return { ...changed, plan_hash: planHash(changed) };
};

describe('what gets nowhere', () => {
  it('a Node that its finalizers keep: deleted a few times, then told', async () => {
    const prepared = await preparedProcedure(remove);
    const done = await runProcedure(prepared, {
      before: ({ cluster: { store } }) => {
        const found = store.get('nodes', undefined, node);
        if (!found) throw new Error('there is no such node');
        store.replace('nodes', {
          ...found,
          metadata: { ...found.metadata, finalizers: ['somebody.example/keeps-it'] },
        });
      },
    });
    expect(done.operation).toMatchObject({ status: 'failed', stopped: { code: 'TIMEOUT' } });
    expect(done.operation.stopped?.reason).toContain('delete_node was done 10 times');
    expect(done.journal.length).toBeLessThan(100);
  });

  it('evictions that are refused for ever: given up after a drain’s time, the node given back', async () => {
    const done = await runProcedure(await preparedProcedure(maintain), {
      faults: [{ kind: 'evict_webhook_500', count: null }],
    });
    expect(done.operation.stopped?.reason).toContain('evict was refused for too long');
    expect(cordonedNodes(done.cluster)).toEqual([]);
    expect(done.journal.length).toBeLessThan(400);
  });

  it('a silence of a machine that is only slow to answer is not its end: it is wiped, not given up', async () => {
    const done = await runProcedure(await preparedProcedure(remove), {
      faults: [{ kind: 'tool_killed', node, count: 3 }],
    });
    expect(procedureViolations(done)).toEqual([]);
    expect(done.operation.status).toBe('succeeded');
    expect(done.orders.map(({ kind }) => kind)).toEqual(['reset']);
    expect(done.operation.result_summary).not.toContain('was not wiped');
  });
});

describe('many steps at once', () => {
  it('those that wait keep no others waiting, and are begun and told once', async () => {
    const prepared = await preparedProcedure(maintain);
    const hold = prepared.plan.steps.find(({ action }) => action.does === 'hold_maintenance');
    const lease = prepared.plan.steps.find(({ action }) => action.does === 'hold_lease');
    if (!hold || !lease) throw new Error('the playbook is another');
    const holds = Array.from({ length: 10 }, (_, index) => ({
      ...hold,
      id: `hold-${index}`,
      phase: `phase ${index}`,
      depends_on: [],
    }));
    const plan = withSteps(prepared.plan, [...holds, { ...lease, id: 'late', phase: 'late', depends_on: [] }]);
    const done = await runProcedure({ ...prepared, plan });
    expect(done.operation.status).toBe('succeeded');
    const [firstEnd] = done.journal.filter(entry => entry.kind === 'step' && entry.state === 'done');
    expect(firstEnd).toMatchObject({ step: 'late' });
    expect(done.journal.filter(({ kind }) => kind === 'phase')).toHaveLength(11);
    expect(done.journal.filter(({ kind }) => kind === 'step')).toHaveLength(10 * 3 + 2);
    expect(done.journal.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
  });
});
