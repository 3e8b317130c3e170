import { describe, expect, it } from 'vitest';
import { Authorization, mintAuthorization } from '../../src/model/authorization.ts';
import type { EffectKind } from '../../src/model/effect.ts';
import type { ContractorActor } from '../../src/ports.ts';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';

const config = { path: '/c', sha256: 'x', systemUuid: 'uuid-1', mode: 'auto' as const };
const patch = { systemUuid: 'uuid-1', patch: { machine: {} } };
const recovery = { path: '/s', sha256: 'x', controlPlane: ['10.0.0.2'], gone: [] };
const wipe = { graceful: false, reboots: true, labels: ['EPHEMERAL'] as const };
const versions = { from: '1.35.4', to: '1.35.6', kubelets: false };
const rotation = { authority: 'talos' as const, talosconfigPath: '/t' };
const acts: readonly [EffectKind, (actor: ContractorActor, by: Authorization) => Promise<unknown>][] = [
  ['install', (actor, by) => actor.install(by, { ...attempt, image: 'image', reboots: true }, never)],
  ['reboot', (actor, by) => actor.reboot(by, attempt, never)],
  ['snapshot', (actor, by) => actor.snapshot(by, { ...target, path: '/a' }, never)],
  ['forfeit', (actor, by) => actor.forfeitLeadership(by, target, never)],
  ['apply_config', (actor, by) => actor.applyConfig(by, { ...target, ...config, maintenance: false }, never)],
  ['patch_config', (actor, by) => actor.patchConfig(by, { ...target, ...patch, mode: 'auto' }, never)],
  ['bootstrap', (actor, by) => actor.bootstrap(by, { ...attempt, controlPlane: ['10.0.0.2'] }, never)],
  ['recover_etcd', (actor, by) => actor.recoverEtcd(by, { ...attempt, ...recovery }, never)],
  ['reset', (actor, by) => actor.reset(by, { ...attempt, ...wipe }, never)],
  ['shutdown', (actor, by) => actor.shutdown(by, { ...attempt, force: true }, never)],
  ['rollback_boot', (actor, by) => actor.rollbackBoot(by, attempt, never)],
  ['upgrade_kubernetes', (actor, by) => actor.upgradeKubernetes(by, { ...attempt, ...versions }, never)],
  ['rotate_certificates', (actor, by) => actor.rotateCertificates(by, { ...attempt, ...rotation }, never)],
  ['remove_etcd_member', (actor, by) => actor.removeEtcdMember(by, { ...target, memberId: 'a' }, never)],
  ['leave_etcd', (actor, by) => actor.leaveEtcd(by, target, never)],
  ['defragment', (actor, by) => actor.defragment(by, target, never)],
  ['disarm_alarm', (actor, by) => actor.disarmAlarm(by, target, never)],
  ['write_kubeconfig', (actor, by) => actor.writeKubeconfig(by, { ...target, path: '/k' }, never)],
];
const grounds = { ...authorization.grounds, effects: acts.map(([effect]) => effect) };
const others = (effect: EffectKind) => grounds.effects.filter(kind => kind !== effect);

describe.each(acts)('SAFETY 2: %s', (effect, act) => {
  it('reaches the contractor with exactly that right', async () => {
    const { actor, log } = bench({ toolset: 'own' });
    await act(actor, mintAuthorization({ ...grounds, effects: [effect] }));
    expect(log().filter(line => line.event === 'end')).not.toEqual([]);
  });

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
