import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { ReceiptFacts } from '../../../src/model/facts.ts';
import type { JournalBody } from '../../../src/model/journal.ts';
import { aFleet, cordon, decide, drained, install, observed, opened, performed } from './one-turn.ts';

const MINUTE_MS = 60_000;
const NODE = 'worker-1';
const running: ReceiptFacts = { state: 'running', startedAt: '' };
const lost: ReceiptFacts = { state: 'lost', startedAt: '' };
const done: ReceiptFacts = { state: 'exited', exitCode: 0, exitedAt: '', stderrTail: '' };
const unavailable = { code: 'KUBERNETES_UNAVAILABLE', message: 'no API server answers' };
const halt = (code: string) => ({ kind: 'halt', status: 'halted', code });

/** Everything was said 45 minutes ago; the executor that looks now was started so many minutes ago. */
function decideIn(minutes: number, said: readonly JournalBody[], seen: Partial<TurnFacts>) {
  const fleet = aFleet();
  fleet.world.perform(cordon(NODE));
  fleet.world.now += 45 * MINUTE_MS;
  const runSince = fleet.world.now - minutes * MINUTE_MS;
  return decide({ ...fleet, said, seen: { ...seen, now: fleet.world.now }, runSince }).decision;
}

const sent = [...drained(NODE), ...performed(install(NODE))];
const inDoubt = [...sent, observed(NODE, 'in_doubt')];

describe('SAFETY 7: the time that no executor ran is nobody’s waiting', () => {
  it.each<[string, readonly JournalBody[], Partial<TurnFacts>, number, object]>([
    ['the API away', opened, { unavailable }, 15, halt('KUBERNETES_UNAVAILABLE')],
    ['a talosctl that was sent late', sent, { receipt: running }, 20, { kind: 'observe', state: 'in_doubt' }],
    ['a doubt', inDoubt, { receipt: running }, 15, halt('OUTCOME_UNKNOWN')],
  ])('%s is waited for from the start of the executor', (_, said, seen, bound, end) => {
    expect(decideIn(1, said, seen)).toMatchObject({ kind: 'wait' });
    expect(decideIn(bound - 1, said, seen)).toMatchObject({ kind: 'wait' });
    expect(decideIn(bound + 1, said, seen)).toMatchObject(end);
  });

  it('a slow install alone that ended well ends its doubt: its reboot is next', () => {
    const alone = [...drained(NODE), ...performed(install(NODE, false)), observed(NODE, 'in_doubt')];
    expect(decideIn(1, alone, { receipt: done })).toMatchObject({ kind: 'observe', state: 'installing' });
  });
});

describe('SAFETY 3: the same boot, running, twice two minutes apart, talosctl dead', () => {
  /** What is decided of an install in doubt on a node that runs this version. */
  function lookTwice(version: string, reboots: boolean) {
    const fleet = aFleet();
    fleet.world.perform(cordon(NODE));
    const said = [...drained(NODE), ...performed(install(NODE, reboots)), observed(NODE, 'in_doubt')];
    const machine = fleet.world.facts().machines.get(NODE);
    if (machine === undefined) throw new Error('no machine');
    const seen = { receipt: lost, machines: new Map([[NODE, { ...machine, version }]]) };
    const { memory } = decide({ ...fleet, said, seen });
    fleet.world.now += 3 * MINUTE_MS;
    return decide({ ...fleet, said, seen: { ...seen, now: fleet.world.now }, ...(memory && { memory }) }).decision;
  }

  it('proves that the legacy call was not started: it would have booted', () => {
    expect(lookTwice('v1.12.11', true)).toMatchObject({ state: 'failed', notStarted: install(NODE).attempt_id });
  });

  it.each([
    ['an install alone', 'v1.13.7', false],
    ['an install whose reboot talosctl orders', 'v1.13.4', true],
    ['a node whose version can’t be read', 'unknown', true],
  ])(
    'proves nothing of %s: a human is asked, as a second one would destroy the slot to roll back to',
    (_, version, reboots) => {
      expect(lookTwice(version, reboots)).toMatchObject(halt('OUTCOME_UNKNOWN'));
    },
  );
});
