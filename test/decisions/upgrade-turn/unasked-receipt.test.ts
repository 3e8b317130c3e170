import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { ReceiptFacts } from '../../../src/model/facts.ts';
import { ModelWorld } from './model-world.ts';
import { aFleet, decide, drained, install, performed } from './one-turn.ts';
import { runTurns } from './run-turns.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];

/** The model world whose contractor can't be asked for receipts in some of the looks, or in none. */
class Unreachable extends ModelWorld {
  readonly kinds: string[] = [];
  readonly #isDown: (look: number) => boolean;
  #looks = 0;

  constructor(isDown: (look: number) => boolean) {
    super(names, new Map());
    this.#isDown = isDown;
  }

  override facts(attemptId?: string, nodeName?: string): TurnFacts {
    const { receipt, ...facts } = super.facts(attemptId, nodeName);
    if (attemptId === undefined) return facts;
    this.#looks += 1;
    return this.#isDown(this.#looks) || !receipt ? facts : { ...facts, receipt };
  }

  override perform(effect: Effect): ReturnType<ModelWorld['perform']> {
    this.kinds.push(effect.kind);
    return super.perform(effect);
  }
}

describe('SAFETY 3: a contractor that can’t be asked for a receipt', () => {
  it.each([
    ['asked in vain now and then', (look: number) => look % 3 !== 0],
    ['always asked in vain', () => true],
  ])('%s: nothing follows from its silence, the node’s next boot ends it', (_, isDown) => {
    const world = new Unreachable(isDown);
    const { state, entries } = runTurns(world.plan(), world);
    expect(state.status).toBe('succeeded');
    expect(Math.max(...world.counts.dispatches.values())).toBe(1);
    const seen = entries.flatMap(entry => (entry.kind === 'observed' ? [entry.state] : []));
    // Silence is no word that the install is over: the reboot is not taken for due.
    if (_ === 'always asked in vain') expect(seen).not.toContain('rebooting');
    expect(seen).not.toContain('in_doubt');
  });
});

describe('SAFETY 3: an install under way whose machine is not read', () => {
  const { world, plan } = aFleet();
  const said = [...drained('cp-1'), ...performed(install('cp-1', false), 'ok')];
  const decideOn = (receipt: ReceiptFacts) => decide({ world, plan, said, seen: { machines: new Map(), receipt } });
  const exited = (exitCode: number): ReceiptFacts => ({ state: 'exited', exitedAt: '', exitCode, stderrTail: '' });

  it.each<[string, ReceiptFacts, object]>([
    ['is waited for while talosctl runs', { state: 'running', startedAt: '' }, { kind: 'wait' }],
    ['is in doubt once talosctl died', { state: 'lost', startedAt: '' }, { kind: 'observe', state: 'in_doubt' }],
    ['is in doubt once talosctl failed', exited(1), { kind: 'observe', state: 'in_doubt' }],
    ['is not rebooted on talosctl’s word alone', exited(0), { kind: 'wait', reason: expect.stringContaining('Talos') }],
  ])('%s', (_, receipt, decision) => {
    expect(decideOn(receipt).decision).toMatchObject(decision);
  });
});
