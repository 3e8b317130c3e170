import { describe, expect, it } from 'vitest';
import { Authorization, mintAuthorization } from '../../src/model/authorization.ts';
import type { EffectKind } from '../../src/model/effect.ts';
import type { ContractorActor } from '../../src/ports.ts';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';

const acts: readonly [EffectKind, (actor: ContractorActor, by: Authorization) => Promise<unknown>][] = [
  ['install', (actor, by) => actor.install(by, { ...attempt, image: 'image', reboots: true }, never)],
  ['reboot', (actor, by) => actor.reboot(by, attempt, never)],
  ['snapshot', (actor, by) => actor.snapshot(by, { ...target, path: '/a' }, never)],
  ['forfeit', (actor, by) => actor.forfeitLeadership(by, target, never)],
];
const grounds = { ...authorization.grounds };
const others = (effect: EffectKind) => grounds.effects.filter(kind => kind !== effect);

describe.each(acts)('SAFETY 2: %s', (effect, act) => {
  it('is refused in mode observe, naming division.yaml, whatever the authorization', async () => {
    const { actor, starts } = bench({ toolset: 'own' }, { cluster: { mode: 'observe' } });
    const error = await divisionError(act(actor, authorization));
    expect(error.code).toBe('AUTHORITY_REFUSED');
    expect(error.remedy).toContain('mode: operate for cluster production in division.yaml');
    expect(starts()).toBe(0);
  });

  it.each([
    ['of another effect', mintAuthorization({ ...grounds, effects: others(effect) })],
    ['of another cluster', mintAuthorization({ ...grounds, cluster: 'staging' })],
    ['that only looks like one', { grounds, permits: () => true } as unknown as Authorization],
    ['without the brand', Object.create(Authorization.prototype) as Authorization],
    ['that is missing', undefined as unknown as Authorization],
  ])('is refused with an authorization %s, before the contractor is started', async (_what, by) => {
    const { actor, starts } = bench({ toolset: 'own' });
    expect((await divisionError(act(actor, by))).code).toBe('AUTHORITY_REFUSED');
    expect(starts()).toBe(0);
  });
});
