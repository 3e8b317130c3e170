import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { handoffClock } from '../../src/decisions/handoff-clock.ts';
import { HandoffPriority } from '../../src/model/handoff.ts';

const START = Date.parse('2026-11-22T10:00:00Z');
const minutes = (count: number): number => count * 60_000;

const clockAfter = (ms: number, change: Partial<Parameters<typeof handoffClock>[0]> = {}) =>
  handoffClock({
    priority: 'high',
    createdAt: new Date(START).toISOString(),
    writtenAtMs: START,
    nowMs: START + ms,
    answering: 'us',
    ...change,
  });

describe('the clock of a received handoff', () => {
  it.each([
    ['R270', 'critical', 10],
    ['R271, D9', 'high', 30],
    ['R272', 'medium', 120],
    ['R273', 'low', 720],
  ] as const)('%s: %s is late from minute %i on', (_rows, priority, limit) => {
    const before = clockAfter(minutes(limit) - 1000, { priority });
    expect([before.state, before.late_minutes]).toEqual(['running', 0]);
    const at = clockAfter(minutes(limit), { priority });
    expect([at.state, at.late_minutes]).toEqual(['late', 0]);
    expect(clockAfter(minutes(limit + 7), { priority }).late_minutes).toBe(7);
    expect(at.due_at).toBe(new Date(START + minutes(limit)).toISOString());
  });

  it('starts at created_at or when the file was written, whichever is earlier', () => {
    expect(clockAfter(0, { writtenAtMs: START - minutes(5) }).started_at).toBe(
      new Date(START - minutes(5)).toISOString(),
    );
    expect(clockAfter(minutes(9), { writtenAtMs: START + minutes(8) }).started_at).toBe(new Date(START).toISOString());
    expect(clockAfter(0, { createdAt: undefined }).started_at).toBe(new Date(START).toISOString());
  });

  it('believes no created_at in the future, and no file time either', () => {
    const future = new Date(START + minutes(600)).toISOString();
    expect(clockAfter(minutes(31), { createdAt: future }).state).toBe('late');
    expect(clockAfter(0, { createdAt: future, writtenAtMs: START + minutes(600) }).started_at).toBe(
      new Date(START).toISOString(),
    );
  });

  it('stops at the answer: met in time, missed with how much', () => {
    const answeredAt = (count: number) => new Date(START + minutes(count)).toISOString();
    expect(clockAfter(minutes(500), { answeredAt: answeredAt(29) })).toMatchObject({ state: 'met', late_minutes: 0 });
    expect(clockAfter(minutes(500), { answeredAt: answeredAt(45) })).toMatchObject({
      state: 'missed',
      late_minutes: 15,
    });
    expect(clockAfter(minutes(500), { isMoot: true })).toMatchObject({ state: 'stopped', late_minutes: 0 });
  });

  it.each([
    [{ kind: 'coo', name: 'coo' }, 60],
    [{ kind: 'division', name: 'infrastructure' }, 60],
    [{ kind: 'division', name: 'monitoring' }, 15],
    [{ kind: 'division', name: 'configuration' }, 30],
    [undefined, 60],
  ] as const)('of what we sent follows the receiver’s own promise: %j', (answering, limit) => {
    expect(clockAfter(minutes(limit) - 1, { answering }).state).toBe('running');
    expect(clockAfter(minutes(limit), { answering }).state).toBe('late');
  });
});

test.prop([fc.constantFrom(...HandoffPriority.options), fc.nat({ max: 2000 }), fc.nat({ max: 2000 })])(
  'late stays late',
  (priority, one, more) => {
    const first = clockAfter(minutes(one), { priority });
    if (first.state === 'late') expect(clockAfter(minutes(one + more), { priority }).state).toBe('late');
  },
);
