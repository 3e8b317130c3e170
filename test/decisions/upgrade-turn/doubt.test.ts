import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { MachineFacts, ReceiptFacts } from '../../../src/model/facts.ts';
import { aFleet, cancelled, cordon, decide, drained, install, observed, performed } from './one-turn.ts';

const NODE = 'worker-1';
const exited = (exitCode: number): ReceiptFacts => ({ state: 'exited', exitCode, exitedAt: '', stderrTail: 'x' });
const observedAs = (state: string) => ({ kind: 'observe', node: NODE, state });

describe('SAFETY 3: what a receipt allows', () => {
  const accepted = [...drained(NODE), ...performed(install(NODE, false), 'ok')];
  const unanswered = [...drained(NODE), ...performed(install(NODE, false))];

  it.each<{ what: string; said: typeof accepted; receipt: ReceiptFacts; expected: object }>([
    {
      what: 'absent: the same attempt goes out',
      said: unanswered,
      receipt: { state: 'absent' },
      expected: { kind: 'effect', effect: { kind: 'install', attempt_id: install(NODE).attempt_id } },
    },
    {
      what: 'absent after it was accepted: in doubt',
      said: accepted,
      receipt: { state: 'absent' },
      expected: observedAs('in_doubt'),
    },
    {
      what: 'running: waited for',
      said: accepted,
      receipt: { state: 'running', startedAt: '' },
      expected: { kind: 'wait' },
    },
    {
      what: 'exited 0: the reboot is next',
      said: accepted,
      receipt: exited(0),
      expected: { kind: 'effect', effect: { kind: 'reboot' } },
    },
    { what: 'exited 1: in doubt', said: accepted, receipt: exited(1), expected: observedAs('in_doubt') },
    { what: 'exited 137: in doubt', said: unanswered, receipt: exited(137), expected: observedAs('in_doubt') },
    {
      what: 'lost: in doubt',
      said: accepted,
      receipt: { state: 'lost', startedAt: '' },
      expected: observedAs('in_doubt'),
    },
    {
      what: 'unknown and unanswered: in doubt',
      said: unanswered,
      receipt: { state: 'unknown' },
      expected: observedAs('in_doubt'),
    },
  ])('$what', ({ said, receipt, expected }) => {
    const fleet = aFleet();
    fleet.world.perform(cordon(NODE));
    expect(decide({ ...fleet, said, seen: { receipt } }).decision).toMatchObject(expected);
  });
});

describe('SAFETY 3: a doubt', () => {
  const said = [...drained(NODE), ...performed(install(NODE), 'unknown'), observed(NODE, 'in_doubt')];

  /** Two looks this far apart, at a machine that runs in the boot in which the attempt was made. */
  function lookTwice(apartMs: number, receipt: ReceiptFacts, change: Partial<MachineFacts> = {}) {
    const fleet = aFleet();
    const machine = fleet.world.facts().machines.get(NODE);
    if (!machine) throw new Error('no machine');
    const seen: Partial<TurnFacts> = { receipt, machines: new Map([[NODE, { ...machine, ...change }]]) };
    const first = decide({ ...fleet, said, seen });
    fleet.world.advance(apartMs);
    return decide({ ...fleet, said, seen: { ...seen }, ...(first.memory && { memory: first.memory }) }).decision;
  }
  const lost: ReceiptFacts = { state: 'lost', startedAt: '' };
  const notStarted = { ...observedAs('failed'), notStarted: install(NODE).attempt_id };

  it.each<{ what: string; apartMs: number; receipt: ReceiptFacts; change?: Partial<MachineFacts>; expected: object }>([
    {
      what: 'ends as not started by a dead talosctl and two looks two minutes apart',
      apartMs: 120_000,
      receipt: lost,
      expected: notStarted,
    },
    { what: 'ends so by an exit that is not 0 too', apartMs: 120_000, receipt: exited(1), expected: notStarted },
    { what: 'goes on when the looks are closer', apartMs: 119_000, receipt: lost, expected: { kind: 'wait' } },
    {
      what: 'goes on while talosctl runs',
      apartMs: 600_000,
      receipt: { state: 'running', startedAt: '' },
      expected: { kind: 'wait' },
    },
    {
      what: 'goes on with a contractor that keeps none',
      apartMs: 600_000,
      receipt: { state: 'unknown' },
      expected: { kind: 'wait' },
    },
    {
      what: 'goes on while the machine upgrades',
      apartMs: 600_000,
      receipt: lost,
      change: { stage: 'upgrading' },
      expected: { kind: 'wait' },
    },
    {
      what: 'goes on while the machine does not tell its boot',
      apartMs: 600_000,
      receipt: lost,
      change: { bootId: undefined },
      expected: { kind: 'wait' },
    },
    {
      what: 'is a human’s to end where an install runs on without a reboot',
      apartMs: 120_000,
      receipt: lost,
      change: { version: 'v1.13.7' },
      expected: { kind: 'halt', code: 'OUTCOME_UNKNOWN' },
    },
    {
      what: 'is a human’s to end when nothing is learnt of it',
      apartMs: 16 * 60_000,
      receipt: { state: 'unknown' },
      expected: { kind: 'halt', code: 'OUTCOME_UNKNOWN' },
    },
    {
      what: 'ends with another boot',
      apartMs: 1_000,
      receipt: lost,
      change: { bootId: 'boot-2' },
      expected: observedAs('validating'),
    },
  ])('$what', ({ apartMs, receipt, change, expected }) => {
    expect(lookTwice(apartMs, receipt, change)).toMatchObject(expected);
  });

  it('SAFETY 8: that is cancelled keeps its cordon, and is named', () => {
    const { decision } = decide({ ...aFleet(), said: [...said, cancelled] });
    expect(decision).toMatchObject({
      kind: 'finish',
      status: 'cancelled',
      summary: expect.stringContaining(`production/${NODE} stays cordoned`),
    });
  });
});

describe('SAFETY 8: cancel', () => {
  it('finishes a node that has a new system staged', () => {
    const fleet = aFleet();
    fleet.world.perform(cordon('cp-2'));
    const said = [...drained('cp-2'), ...performed(install('cp-2', false), 'ok'), cancelled];
    const { decision } = decide({ ...fleet, said, seen: { receipt: exited(0) } });
    expect(decision).toMatchObject({ kind: 'effect', effect: { kind: 'reboot', node: 'cp-2' } });
  });

  it('leaves a failed node alone that something was sent to', () => {
    const said = [...drained(NODE), ...performed(install(NODE), 'ok'), observed(NODE, 'failed'), cancelled];
    expect(decide({ ...aFleet(), said }).decision).toMatchObject({ kind: 'effect', effect: { kind: 'release_lease' } });
  });

  it('gives back a node that nothing was sent to', () => {
    const fleet = aFleet();
    fleet.world.perform(cordon('cp-2'));
    expect(decide({ ...fleet, said: [...drained('cp-2'), cancelled] }).decision).toMatchObject({
      kind: 'observe',
      node: 'cp-2',
      state: 'skipped',
    });
  });
});
