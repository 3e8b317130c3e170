/** One scenario, and everything that is to hold of it. */
import { expect } from 'vitest';
import { expectEnd } from './judge.ts';
import { rehearse, type Seen } from './rehearsal.ts';
import type { Scenario } from './scenario.ts';

const cordonsOf = ({ journal }: Seen, node: string): number =>
  journal.filter(entry => entry.kind === 'intent' && entry.effect.kind === 'cordon' && entry.effect.node === node)
    .length;

function expectOnTheWay(first: Seen, { waits = [], cordons = {} }: Scenario): void {
  const reasons = first.journal.flatMap(entry => (entry.kind === 'waiting' ? [entry.reason] : []));
  for (const wait of waits) expect(reasons.join('\n')).toContain(wait);
  for (const [node, times] of Object.entries(cordons)) expect(cordonsOf(first, node)).toBeGreaterThanOrEqual(times);
}

export async function expectScenario(scenario: Scenario): Promise<void> {
  const { ends, struck } = await rehearse(scenario);
  const expected = [scenario.ends, scenario.after?.ends].filter(end => end !== undefined);
  expect(ends).toHaveLength(expected.length);
  for (const [index, seen] of ends.entries()) {
    if (index === 0) expectOnTheWay(seen, scenario);
    const end = expected[index];
    if (end) expectEnd(seen, end);
  }
  // One that struck nothing would have shown nothing.
  expect(struck).toBe(true);
}
