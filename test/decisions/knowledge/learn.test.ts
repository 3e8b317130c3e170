import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { knownPattern, patternIdOf, withLesson, withOperation } from '../../../src/decisions/knowledge.ts';
import type { LessonOutcome, OperationLesson, Pattern } from '../../../src/model/knowledge.ts';
import { commonPattern, contractorPattern } from './patterns.ts';

const lesson = (id: string, outcome: LessonOutcome, at = `2026-11-22T10:00:00.000Z`): OperationLesson => ({
  patternId: 'talos-upgrade-1.12-to-1.13',
  name: 'Talos upgrade v1.12 to v1.13',
  useCases: ['talos upgrade'],
  playbook: 'talos_upgrade',
  approach: { contractors: ['talos'], steps: ['workers'], duration_minutes: 41, tokens: 900 },
  operation: {
    operation_id: id,
    outcome,
    at,
    clusters: ['staging'],
    versions: ['v1.12.11', 'v1.13.9'],
    minutes: 41,
    minutes_lower_bound: 38,
  },
  simulated: false,
});

const learn = (kept: Record<string, unknown> | undefined, ...lessons: OperationLesson[]): Record<string, unknown> =>
  lessons.reduce<Record<string, unknown>>((known, each) => withOperation(known, each) ?? known, kept ?? {});

describe('a pattern of operations', () => {
  it('counts successes and failures, and says both', () => {
    const pattern = learn(
      undefined,
      lesson('op-1', 'succeeded'),
      lesson('op-2', 'failed'),
      lesson('op-3', 'succeeded'),
    );
    expect(pattern).toMatchObject({ success_rate: 66.7, observations: 3, outcomes: { succeeded: 2, failed: 1 } });
    expect(pattern.description).toContain('2 of 3 operations succeeded');
    expect(pattern.description).toContain('op-3 on staging succeeded after 41 minutes (bound 38)');
  });

  it('says what it waited for longest and why it stopped', () => {
    const { operation, ...rest } = lesson('op-1', 'failed');
    const waited_longest = { reason: 'budget shop/web allows no disruption', minutes: 6.5 };
    const stopped = { code: 'DISRUPTION_BLOCKED', reason: 'it stayed so' };
    const pattern = learn(undefined, { ...rest, operation: { ...operation, waited_longest, stopped } });
    expect(pattern.description).toContain('6.5 minutes: budget shop/web allows no disruption');
    expect(pattern.description).toContain('DISRUPTION_BLOCKED: it stayed so');
  });

  it('one operation counts once, however often it is told', () => {
    const once = withOperation(undefined, lesson('op-1', 'succeeded'));
    expect(withOperation(once, lesson('op-1', 'succeeded'))).toBeUndefined();
  });

  it('one that was resumed and ended otherwise counts with its new end', () => {
    const pattern = learn(
      undefined,
      lesson('op-1', 'failed', '2026-11-22T10:00:00.000Z'),
      lesson('op-1', 'succeeded', '2026-11-22T11:00:00.000Z'),
    );
    expect(pattern).toMatchObject({ success_rate: 100, observations: 1, outcomes: { succeeded: 1, failed: 0 } });
  });

  it('a cancelled one counts for neither, and leaves no rate where there is none', () => {
    expect(learn(undefined, lesson('op-1', 'cancelled'))).toMatchObject({ success_rate: null, observations: 0 });
  });

  it('R289: unknown fields stay, also those of another tool’s pattern', () => {
    const pattern = learn({ ...commonPattern, owner: { team: 'sre' } }, lesson('op-1', 'succeeded'));
    expect(pattern).toMatchObject({ owner: { team: 'sre' }, notes: commonPattern.notes });
    expect(pattern.use_cases).toEqual(['minor version', 'talos upgrade']);
  });

  it('the operations it names are bounded; its counts are not', () => {
    const lessons = Array.from({ length: 120 }, (_, index) =>
      lesson(`op-${index}`, 'succeeded', new Date(index * 1000).toISOString()),
    );
    const pattern = learn(undefined, ...lessons) as Pattern;
    expect(pattern.observations).toBe(120);
    expect(pattern.operations).toHaveLength(50);
    expect(pattern.operations.at(-1)?.operation_id).toBe('op-119');
  });

  const ends = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom('succeeded', 'failed', 'cancelled')));
  test.prop([ends])('law: the counts are those of each operation’s last end', told => {
    const pattern = learn(
      undefined,
      ...told.map(([id, outcome], index) => lesson(`op-${id}`, outcome, new Date(index * 1000).toISOString())),
    );
    const last = [...new Map(told.map(([id, outcome]) => [id, outcome])).values()];
    const count = (outcome: string): number => last.filter(each => each === outcome).length;
    const outcomes = { succeeded: count('succeeded'), failed: count('failed') };
    expect({ outcomes: { succeeded: 0, failed: 0 }, ...pattern }).toMatchObject({ outcomes });
  });
});

describe('a recorded lesson', () => {
  const recorded = {
    name: 'Pin the NIC speed',
    summary: 'Nodes with this NIC need it.',
    useCases: ['node failure'],
    clusters: ['staging'],
    versions: [],
    simulated: false,
    at: '2026-11-22T10:00:00.000Z',
  };

  it('is a pattern without a rate, with an id made of its name', () => {
    expect(withLesson(undefined, recorded)).toMatchObject({
      pattern_id: 'pin-the-nic-speed',
      success_rate: null,
      observations: 0,
      kept_by: 'lesson',
    });
  });

  it('becomes the notes of a pattern that operations keep, and changes no count', () => {
    const kept = learn(undefined, lesson('op-1', 'succeeded'));
    const { operations, outcomes, success_rate, description, name } = kept;
    expect(withLesson(kept, recorded)).toMatchObject({
      operations,
      outcomes,
      success_rate,
      description,
      name,
      notes: recorded.summary,
    });
  });

  it.each([
    ['Pin the NIC speed', 'pin-the-nic-speed'],
    ['  ../../etc/passwd ', 'etc-passwd'],
    ['Übung', 'bung'],
    ['升级', expect.stringMatching(/^lesson-[0-9a-f]{12}$/)],
  ])('the id of %j', (name, id) => {
    expect(patternIdOf(name)).toEqual(id);
  });
});

describe('what others wrote', () => {
  it.each([
    [commonPattern, 97],
    [contractorPattern, 87.5],
    [{ pattern_id: 'x', name: 'x', success_rate: 1 }, 100],
    [{ pattern_id: 'x', name: 'x', success_rate: 0 }, 0],
    [{ pattern_id: 'x', name: 'x', success_rate: 'high' }, undefined],
    [{ pattern_id: 'x', name: 'x', success_rate: 101 }, undefined],
  ])('both scales of success rates are percent: %j', (raw, rate) => {
    expect(knownPattern(raw, 'cluster-patterns.jsonl')?.successRate).toBe(rate);
  });

  it('without an id or without a word it is no pattern', () => {
    expect(knownPattern({ name: 'x' }, 'cluster-patterns.jsonl')).toBeUndefined();
    expect(knownPattern({ pattern_id: 'x' }, 'cluster-patterns.jsonl')).toBeUndefined();
  });
});
