import { describe, expect, it } from 'vitest';
import {
  composeHandoff,
  type DraftRequest,
  draftOf,
  replyTo,
  taskCandidate,
} from '../../src/decisions/handoff-draft.ts';
import type { HandoffDraft } from '../../src/model/handoff.ts';
import { aReading, aStep, fromCoo, handoffsOf, NOW_MS, only } from './a-handoff.ts';

const approval: DraftRequest = {
  to: 'coo',
  handoffType: 'approval_request',
  priority: 'high',
  taskId: 'cluster-expansion-001',
  context: {
    summary: 'Need 5 additional Kubernetes worker nodes',
    impact: 'Support increased workload demand',
    cost: '3k additional tokens + infrastructure resources',
    timeline: '24 hours',
  },
};
const machines: DraftRequest = {
  to: 'infra',
  handoffType: 'resource_request',
  priority: 'high',
  taskId: 'nodes-001',
  context: {
    summary: 'Need 3 VMs for Kubernetes worker nodes',
    specifications: { count: 3, cpu: 8, memory: 32, disk: 500, network: 'k8s-prod-vlan' },
    purpose: 'Scale production Kubernetes cluster',
    deadline: '2026-11-23T10:00:00Z',
  },
};

function drafted(request: DraftRequest): HandoffDraft {
  const draft = draftOf(request, NOW_MS);
  if (Array.isArray(draft)) throw new Error(draft.join('; '));
  return draft;
}
const written = (request: DraftRequest): Record<string, unknown> => {
  const draft = drafted(request);
  return JSON.parse(composeHandoff(draft, taskCandidate(draft, 0)).text) as Record<string, unknown>;
};

describe('what we send', () => {
  it('R79, R80, R82: to the COO is containers-to-coo-TASK, addressed with `to`', () => {
    expect(written(approval)).toEqual({
      handoff_id: 'containers-to-coo-cluster-expansion-001',
      from_division: 'containers',
      to: 'coo',
      task_id: 'cluster-expansion-001',
      handoff_type: 'approval_request',
      priority: 'high',
      context: approval.context,
      created_at: '2026-11-22T10:00:00.000Z',
      status: 'pending_approval',
    });
  });

  it('R81, R83, R87: says who it is from, what it is, and that an approval is pending', () => {
    expect(written(approval)).toMatchObject({
      from_division: 'containers',
      handoff_type: 'approval_request',
      status: 'pending_approval',
    });
  });

  it('R182, R183, R184: to a division is named with its abbreviation and addressed with its full name', () => {
    expect(written(machines)).toMatchObject({
      handoff_id: 'containers-to-infra-nodes-001',
      to_division: 'infrastructure',
      handoff_type: 'resource_request',
    });
  });

  it('R188, R189, R191: is picked up by whom it is for', () => {
    const to = (name: string) => written({ ...approval, to: name, handoffType: 'feature_request' });
    expect(to('development')).toMatchObject({ to_master: 'development', status: 'pending_pickup' });
    expect(to('Security Master')).toMatchObject({ to_master: 'security' });
    expect(to('prime')).toMatchObject({ handoff_id: 'containers-to-prime-cluster-expansion-001', to: 'cortex-prime' });
  });

  it('R98, R193: goes to the inventory and to monitoring as well', () => {
    const to = (name: string) => written({ ...approval, to: name, handoffType: 'coordination' });
    expect(to('inv')).toMatchObject({ to_master: 'inventory' });
    expect(to('monitoring')).toMatchObject({ to_division: 'monitoring' });
  });

  it('D1, D3: to a master carries task_id and task_data, and no from_master', () => {
    const handoff = written({ ...approval, to: 'development', handoffType: 'feature_request' });
    expect(handoff).toMatchObject({
      task_id: 'cluster-expansion-001',
      task_data: {
        id: 'cluster-expansion-001',
        title: 'Need 5 additional Kubernetes worker nodes',
        type: 'feature_request',
        priority: 'high',
        status: 'pending_pickup',
        context: approval.context,
      },
    });
    expect(handoff).not.toHaveProperty('from_master');
    expect(written(approval)).not.toHaveProperty('task_data');
  });

  it('is numbered from 001 when no task names it, and from 002 when the name is taken', () => {
    const { taskId: _, ...unnamed } = approval;
    const numbered = drafted(unnamed);
    expect([0, 1, 11].map(index => taskCandidate(numbered, index))).toEqual([
      'approval-request-001',
      'approval-request-002',
      'approval-request-012',
    ]);
    const named = drafted(approval);
    expect([0, 1].map(index => taskCandidate(named, index))).toEqual([
      'cluster-expansion-001',
      'cluster-expansion-001-002',
    ]);
  });

  it('makes a name of whatever the task is called', () => {
    expect(written({ ...approval, taskId: '../../Etc/passwd ☠ x' }).handoff_id).toBe('containers-to-coo-etc-passwd-x');
    expect(String(written({ ...approval, taskId: 'x'.repeat(300) }).handoff_id).length).toBeLessThan(90);
  });

  it.each([
    ['nobody we know', { to: 'mars' }, ['to: one of']],
    ['ourselves', { to: 'containers' }, ['to: one of']],
    ['a task without a name', { taskId: '///' }, ['task_id: needs letters or digits']],
    ['a type that is no word', { handoffType: 'Approve!' }, ['handoff_type']],
    [
      'R85: an approval request without what it needs',
      { context: { summary: 's', cost: ' ' } },
      ['context.impact', 'context.cost', 'context.timeline'],
    ],
    ['a request without a summary', { handoffType: 'coordination', context: {} }, ['context.summary: missing']],
    ['a context nested without end', { context: nested(5000) }, ['context: nested deeper than 6 levels']],
    [
      'a context as long as a book',
      { context: { summary: 'x'.repeat(40_000) } },
      ['context: longer than 32000 characters'],
    ],
    ['a plan hash cut short', { planHash: 'abc' }, ['plan_hash']],
  ])('%s is refused, and every reason said', (_what, change, reasons) => {
    const problems = draftOf({ ...approval, ...change }, NOW_MS);
    if (!Array.isArray(problems)) throw new Error('accepted');
    for (const reason of reasons) expect(problems.join('; ')).toContain(reason);
  });

  it('R186, R187: machines are asked for in whole numbers, for a purpose, until a time to come', () => {
    const context = {
      summary: 's',
      specifications: { count: 0, cpu: 1.5, memory: '32' },
      deadline: '2026-11-22T09:59:59Z',
    };
    expect(draftOf({ ...machines, context }, NOW_MS)).toEqual([
      'context.purpose: missing',
      'context.specifications.count: a whole number above 0',
      'context.specifications.cpu: a whole number above 0',
      'context.specifications.memory: a whole number above 0',
      'context.specifications.disk: a whole number above 0',
      'context.specifications.network: missing',
      'context.deadline: is past',
    ]);
  });
});

function nested(levels: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 0; level < levels; level += 1) value = { value };
  return { summary: 's', impact: 'i', cost: 'c', timeline: 't', value };
}

describe('what tells a sender', () => {
  const received = only(handoffsOf([{ fields: fromCoo({ task_id: 'expand-7' }) }]).incoming);
  const reply = (change: Parameters<typeof aStep>[1], reading = received.reading) => {
    const draft = replyTo(reading, aStep(received, change));
    return JSON.parse(composeHandoff(draft, draft.task_id).text) as Record<string, unknown>;
  };

  it('R169: completion is containers-to-coo-TASK, completed, with the evidence', () => {
    expect(reply({ action: 'complete', note: 'done', context: { nodes: 5 } })).toMatchObject({
      handoff_id: 'containers-to-coo-expand-7',
      to: 'coo',
      handoff_type: 'task_delegation',
      priority: 'high',
      in_response_to: 'coo-to-containers-expand-7',
      status: 'completed',
      context: { note: 'done', nodes: 5 },
      completed_at: '2026-11-22T09:30:00.000Z',
    });
  });

  it('R198, R200: keeps the type of the work, and was completed no earlier than created', () => {
    const deployment = aReading(fromCoo({ handoff_type: 'workload_deployment', from: 'workflows' }));
    const written = reply({ action: 'complete' }, deployment);
    expect(written).toMatchObject({
      to_division: 'workflows',
      handoff_type: 'workload_deployment',
      status: 'completed',
    });
    expect(Date.parse(String(written.completed_at))).toBeGreaterThanOrEqual(Date.parse(String(written.created_at)));
  });

  it('taking it up and turning it down have names and statuses of their own', () => {
    expect(reply({ action: 'accept' })).toMatchObject({
      handoff_id: 'containers-to-coo-expand-7-accepted',
      handoff_type: 'status_update',
      status: 'in_progress',
    });
    expect(reply({ action: 'reject', note: 'no room' })).toMatchObject({
      handoff_id: 'containers-to-coo-expand-7-rejected',
      status: 'rejected',
      context: { note: 'no room' },
    });
  });

  it('R3: the COO is told of what a stranger asked', () => {
    const stranger = aReading({ alert_id: 'n-1', context: { summary: 's' } }, 'alert-n-1.json');
    expect(reply({ action: 'accept' }, stranger)).toMatchObject({ to: 'coo', context: { sender: 'unknown' } });
  });

  it('is the same bytes each time', () => {
    const step = aStep(received, { action: 'complete' });
    const text = () => composeHandoff(replyTo(received.reading, step), 'x').text;
    expect(text()).toBe(text());
  });
});
