import { expect, it } from 'vitest';
import { runDivision } from './division.ts';
import { shortcomings } from './judge.ts';
import type { Stop } from './life.ts';
import { paths, sweep } from './sweep.ts';
import { currentWatch } from './world-watch.ts';

const MINUTE_MS = 60_000;

/** Every executor ends at its call of this number; the last of so many goes on. */
const everyLife = (call: number, lives: number): Stop[] =>
  Array.from({ length: lives }, (_, life) => ({
    call,
    when: life % 2 === 0 ? ('before' as const) : ('after' as const),
    isPowerCut: life % 3 === 0,
  }));

it.each([29, 47, 101].flatMap(call => paths.map(path => ({ ...path, call }))))(
  'every executor ends at its call number $call: it comes through all the same, and nothing is done twice ($name)',
  async ({ talosVersion, call }) => {
    const run = await runDivision({ talosVersion, watch: currentWatch, stopAt: everyLife(call, 200) });
    expect(shortcomings(run)).toEqual([]);
    expect(run.lives.length).toBeGreaterThan(5);
  },
  300_000,
);

it.each([6, 45].flatMap(minutes => paths.map(path => ({ ...path, minutes }))))(
  'the next executor comes $minutes minutes later ($name)',
  async ({ talosVersion, minutes }) => {
    const { wrong, runs } = await sweep({ talosVersion, restartAfterMs: minutes * MINUTE_MS }, 'after', 23);
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(20);
  },
  300_000,
);

it.each(paths)(
  'what was intended and not sent goes out 45 minutes later, is waited for like any other, and nobody is asked ($name)',
  async ({ talosVersion }) => {
    const options = { talosVersion, watch: currentWatch, restartAfterMs: 45 * MINUTE_MS };
    const [life] = (await runDivision(options)).lives;
    const dispatches = (life?.calls ?? []).flatMap((name, index) =>
      /^talos\.(install|reboot)$/.test(name) ? [index + 1] : [],
    );
    expect(dispatches.length).toBeGreaterThanOrEqual(6);
    for (const call of dispatches) {
      const run = await runDivision({ ...options, stopAt: { call, when: 'before' } });
      expect(shortcomings(run)).toEqual([]);
      expect(run.journal.filter(entry => entry.kind === 'observed' && entry.state === 'in_doubt')).toEqual([]);
    }
  },
  300_000,
);
