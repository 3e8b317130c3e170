import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { JournalBody } from '../../../src/model/journal.ts';
import { aFleet, cordon, decide, drained, install, observed, opened, performed } from './one-turn.ts';

const MINUTE_MS = 60_000;
/** What is seen of a cluster whose API does not answer: nothing. */
const away: Partial<TurnFacts> = {
  machines: new Map(),
  etcd: [],
  controlPlanes: [],
  servers: [],
  unavailable: { code: 'KUBERNETES_UNAVAILABLE', message: 'no API server answers' },
};

function decideAfter(minutes: number, said: readonly JournalBody[]) {
  const fleet = aFleet();
  fleet.world.now += minutes * MINUTE_MS;
  const { now } = fleet.world;
  // The Kubernetes facts are absent, not empty.
  const { cluster: _cluster, node: _node, receipt: _receipt, ...rest } = { ...fleet.world.facts(), ...away };
  const seen = { ...rest, now };
  return decide({ ...fleet, said, seen }).decision;
}

const halt = { kind: 'halt', status: 'halted', code: 'KUBERNETES_UNAVAILABLE' };

describe('SAFETY 5: the API away', () => {
  const install2 = install('cp-2');
  const rebooting = [...drained('cp-2'), ...performed(install2, 'ok'), observed('cp-2', 'rebooting')];

  it.each([
    [1, { kind: 'wait' }],
    [19, { kind: 'wait', reason: expect.stringContaining('control plane node of ours reboots') }],
    [21, halt],
  ])('while our own control plane node reboots, %i min after its dispatch', (minutes, expected) => {
    expect(decideAfter(minutes, rebooting)).toMatchObject(expected);
  });

  it.each([
    [14, { kind: 'wait', reason: 'no API server answers' }],
    [16, halt],
  ])('without a reboot of ours, for %i min', (minutes, expected) => {
    expect(decideAfter(minutes, opened)).toMatchObject(expected);
  });

  it.each<[string, JournalBody[]]>([
    ['an uncordon', [...opened, ...performed(cordon('cp-2'), 'ok'), observed('cp-2', 'skipped')]],
    ['a dispatch', [...drained('cp-2'), ...performed(install2)]],
    ['an observation', rebooting],
  ])('is no time for %s', (_what, said) => {
    expect(decideAfter(1, said)).toMatchObject({ kind: 'wait' });
  });
});
