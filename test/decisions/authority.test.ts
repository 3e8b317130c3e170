import { describe, expect, it } from 'vitest';
import { authorize, upgradeAuthority } from '../../src/decisions/authority.ts';
import { Authorization } from '../../src/model/authorization.ts';
import { ModelWorld } from './upgrade-turn/model-world.ts';

const plan = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1'], new Map()).plan();
const asked = {
  plan,
  operationId: 'op-1',
  cluster: 'production',
  simulated: true,
  mode: 'operate' as const,
  approvals: [],
  areKeysConfigured: false,
  at: 0,
};

describe('who decides about an upgrade', () => {
  it.each([
    { from: ['v1.13.7', 'v1.13.8'], to: 'v1.13.9', level: 'autonomous', action: 'node.upgrade' },
    { from: ['v1.12.11', 'v1.13.8'], to: 'v1.13.9', level: 'coo', action: 'kubernetes.upgrade' },
    { from: ['unknown'], to: 'v1.13.9', level: 'coo', action: 'kubernetes.upgrade' },
    { from: ['v1.13.8'], to: 'nonsense', level: 'coo', action: 'kubernetes.upgrade' },
  ])('R57: $from → $to: $level', ({ from, to, level, action }) => {
    const answer = upgradeAuthority(
      from.map(from_version => ({ from_version })),
      to,
    );
    expect(answer).toMatchObject({ level, action });
    expect(answer.rule).not.toBe('');
  });
});

describe('a plan that would overrun the day’s budget', () => {
  const patch = [{ from_version: 'v1.13.7' }];
  it.each([
    { spending: { tokens_projected: 16_500, tokens_limit: 16_500 }, action: 'node.upgrade', level: 'autonomous' },
    { spending: { tokens_projected: 16_501, tokens_limit: 16_500 }, action: 'budget.overrun', level: 'coo' },
    { spending: { tokens_projected: 16_501 }, action: 'budget.overrun', level: 'coo' },
    { spending: { tokens_projected: 16_501, tokens_limit: 33_000 }, action: 'node.upgrade', level: 'autonomous' },
  ])('R66: $spending: $action is decided by $level', ({ spending, action, level }) => {
    expect(upgradeAuthority(patch, 'v1.13.9', spending)).toMatchObject({ action, level });
  });
});

describe('the right to act', () => {
  it('a simulated cluster approves itself, and says so', () => {
    const verdict = authorize(asked);
    expect(verdict).toMatchObject({ verdict: 'authorized', approvedBy: 'simulation (approves itself)' });
  });

  it.each([
    { change: { mode: 'observe' as const }, code: 'AUTHORITY_REFUSED', remedy: /division\.yaml/ },
    { change: { simulated: false }, code: 'APPROVAL_REQUIRED', remedy: /approve_or_escalate/ },
    { change: { cluster: 'other' }, code: 'AUTHORITY_REFUSED', remedy: /plan/ },
    { change: { mode: 'observe' as const, simulated: false }, code: 'AUTHORITY_REFUSED', remedy: /mode/ },
  ])('SAFETY 2: $change → $code', ({ change, code, remedy }) => {
    const verdict = authorize({ ...asked, ...change });
    expect(verdict).toMatchObject({ verdict: 'refused', code });
    expect(verdict.verdict === 'refused' && verdict.remedy).toMatch(remedy);
  });

  it('SAFETY 9: is none for a plan that was changed under its hash', () => {
    const changed = { ...plan, requested: { ...plan.requested, accept_api_outage: true } };
    expect(authorize({ ...asked, plan: changed })).toMatchObject({ verdict: 'refused', code: 'AUTHORITY_REFUSED' });
  });

  it('is for one cluster and named effects, and can be neither forged nor stored', () => {
    const verdict = authorize(asked);
    if (verdict.verdict !== 'authorized') throw new Error('expected an authorization');
    const { authorization } = verdict;
    expect(authorization.permits('install', 'production')).toBe(true);
    expect(authorization.permits('install', 'staging')).toBe(false);
    expect(() => JSON.stringify({ authorization })).toThrow(/never serialised/);
    const Forged = Authorization as unknown as new (key: symbol, grounds: object) => Authorization;
    expect(() => new Forged(Symbol('mint'), {})).toThrow(/decisions\/authority/);
    expect(Object.isFrozen(authorization.grounds)).toBe(true);
  });
});
