import { describe, expect, it } from 'vitest';
import { machinesAsked } from '../../../src/decisions/capacity/machines-asked.ts';
import type { Handoff } from '../../../src/model/handoff.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const DAY = 86_400_000;

interface Sent {
  state?: Handoff['state'];
  type?: string;
  context?: Record<string, unknown>;
  ageDays?: number;
}

const sent = ({ state = 'waiting', type = 'resource_request', ageDays = 1, context = {} }: Sent): Handoff => ({
  id: 'request-1',
  direction: 'outgoing',
  reading: {
    id: 'request-1',
    from: { kind: 'division', name: 'containers' },
    to: { kind: 'division', name: 'infrastructure' },
    type,
    status: undefined,
    priority: 'high',
    taskId: undefined,
    inResponseTo: undefined,
    createdAt: undefined,
    deadline: undefined,
    summary: '',
    context: { cluster: 'prod', specifications: { count: 2 }, ...context },
    problems: [],
    raw: {},
    duplicateKeys: [],
    isExact: true,
    hash: '',
  },
  versions: [],
  state,
  conflict: undefined,
  clock: {
    started_at: new Date(NOW - ageDays * DAY).toISOString(),
    due_at: new Date(NOW).toISOString(),
    state: 'running',
    late_minutes: 0,
  },
  steps: [],
  answers: undefined,
  answeredBy: [],
});

describe('machines that are on their way', () => {
  it.each<[string, Sent, number]>([
    ['asked for, and not answered', {}, 2],
    ['accepted', { state: 'accepted' }, 2],
    ['answered: they are nodes by now, or will not be', { state: 'answered' }, 0],
    ['withdrawn', { state: 'withdrawn' }, 0],
    ['for another cluster', { context: { cluster: 'staging' } }, 0],
    ['another kind of request', { type: 'alert' }, 0],
    ['a count that is none', { context: { specifications: { count: '2' } } }, 0],
    ['a count below none', { context: { specifications: { count: -3 } } }, 0],
    ['no specifications', { context: { specifications: undefined } }, 0],
    ['forgotten for two months', { ageDays: 61 }, 0],
  ])('%s', (_title, given, machines) => {
    expect(machinesAsked([sent(given)], 'prod', NOW).machines).toBe(machines);
  });

  it('are summed, and their handoffs named', () => {
    expect(machinesAsked([sent({}), sent({ context: { specifications: { count: 3 } } })], 'prod', NOW)).toEqual({
      machines: 5,
      handoffIds: ['request-1', 'request-1'],
    });
  });
});
