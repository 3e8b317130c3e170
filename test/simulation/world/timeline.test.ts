import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/simulation/world/timeline.ts';

const timer = (subject: string) => ({ cluster: 'c', kind: 'k', subject });

describe('the timeline', () => {
  test.prop([fc.array(fc.nat(500), { maxLength: 60 })])(
    'lets things happen in order of time, then of scheduling',
    delays => {
      const timeline = new Timeline(1_000);
      const seen: { at: number; index: number }[] = [];
      timeline.handle('c', 'k', subject => seen.push({ at: timeline.now, index: Number(subject) }));
      for (const [index, delay] of delays.entries()) timeline.schedule(delay, timer(String(index)));
      timeline.advanceTo(2_000);
      const expected = delays
        .map((delay, index) => ({ at: 1_000 + delay, index }))
        .sort((a, b) => a.at - b.at || a.index - b.index);
      expect(seen).toEqual(expected);
      expect(timeline.now).toBe(2_000);
    },
  );

  it('keeps one of what is scheduled once, until it has happened', () => {
    const timeline = new Timeline(0);
    let count = 0;
    timeline.handle('c', 'k', () => {
      count += 1;
    });
    timeline.scheduleOnce(10, timer('a'));
    timeline.scheduleOnce(5, timer('a'));
    timeline.advanceTo(10);
    timeline.scheduleOnce(10, timer('a'));
    timeline.advanceTo(20);
    expect(count).toBe(2);
  });

  it('goes on from its image where it stopped', () => {
    const timeline = new Timeline(0);
    timeline.schedule(100, timer('late'));
    timeline.schedule(50, timer('early'));
    timeline.advanceTo(60);
    const resumed = new Timeline(0);
    resumed.restore(timeline.image());
    const seen: string[] = [];
    resumed.handle('c', 'k', subject => seen.push(`${subject} ${resumed.now}`));
    resumed.advanceTo(200);
    expect(seen).toEqual(['late 100']);
  });

  it('wakes who waits, unless called off, and never goes back', () => {
    const timeline = new Timeline(0);
    const seen: number[] = [];
    timeline.wait(30, () => seen.push(timeline.now));
    const callOff = timeline.wait(20, () => seen.push(-1));
    callOff();
    expect(timeline.nextAt).toBe(20);
    timeline.advanceTo(100);
    timeline.advanceTo(50);
    expect(seen).toEqual([30]);
    expect(timeline.now).toBe(100);
  });
});
