import { expect, it } from 'vitest';
import { endedAtEveryCall, paths } from './sweep.ts';

it.each(paths)(
  'killed after any of its calls, before the answer: the next executor completes the upgrade, and nothing is done twice ($name)',
  async path => {
    const { calls, runs, wrong } = await endedAtEveryCall(path, 'after');
    expect(wrong).toEqual([]);
    expect(calls.length).toBeGreaterThan(500);
    expect(runs).toBe(calls.length);
  },
  1_800_000,
);
