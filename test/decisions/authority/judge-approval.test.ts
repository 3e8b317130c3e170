import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type ApprovalQuestion, judgeApproval } from '../../../src/decisions/authority/judge-approval.ts';
import type { Approval, KnownApproval } from '../../../src/model/approval.ts';
import type { AuthorityLevel } from '../../../src/model/plan.ts';
import { Role } from '../../../src/model/principal.ts';

const HASH = 'a'.repeat(64);
const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

function known(change: Partial<Approval> = {}, signature: KnownApproval['signature'] = 'absent'): KnownApproval {
  return {
    signature,
    approval: {
      record_version: 1,
      approval_id: `id-${change.at ?? ''}-${change.decision ?? ''}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, ''),
      plan_hash: HASH,
      decision: 'approve',
      role: 'coo',
      approver: 'Ada',
      way: 'tool',
      conditions: [],
      at: at(-10),
      expires_at: at(60),
      ...change,
    },
  };
}

const judge = (approvals: KnownApproval[], change: Partial<ApprovalQuestion> = {}) =>
  judgeApproval({ planHash: HASH, level: 'coo', approvals, areKeysConfigured: false, at: NOW, ...change });

describe('an approval', () => {
  it('R64, R87: of the level, for the plan, in time: counts', () => {
    expect(judge([known()])).toMatchObject({ verdict: 'approved', approval: { approver: 'Ada' }, refused: [] });
  });

  it.each<[string, KnownApproval, Partial<ApprovalQuestion>, RegExp]>([
    ['for another plan', known({ plan_hash: 'b'.repeat(64) }), {}, /another plan/],
    ['of an operator', known({ role: 'operator' }), {}, /operator can’t approve/],
    ['of a viewer', known({ role: 'viewer' }), {}, /viewer can’t approve/],
    ['of the COO for what is Cortex Prime’s', known(), { level: 'cortex-prime' }, /coo can’t approve/],
    ['that expired', known({ expires_at: at(-1) }), {}, /expired/],
    ['that expires at this moment', known({ expires_at: at(0) }), {}, /expired/],
    ['dated in the future', known({ at: at(6) }), {}, /not yet/],
    ['dated nonsense', known({ at: 'soon' }), {}, /not yet/],
    ['that expires nonsensically', known({ expires_at: 'never' }), {}, /expired/],
    ['with a condition', known({ conditions: ['only staging'] }), {}, /conditional: only staging/],
    ['that was tampered with', known({}, 'invalid'), {}, /signature/],
    ['that was tampered with, no key configured', known({ way: 'handoff' }, 'invalid'), {}, /signature/],
    [
      'unsigned from a file where keys are configured',
      known({ way: 'handoff' }),
      { areKeysConfigured: true },
      /unsigned/,
    ],
    [
      'unsigned from a terminal where keys are configured',
      known({ way: 'terminal' }),
      { areKeysConfigured: true },
      /unsigned/,
    ],
  ])('%s does not count, and it is said why', (_what, approval, change, reason) => {
    const answer = judge([approval], change);
    expect(answer).toMatchObject({ verdict: 'missing', refused: [{ reason: expect.stringMatching(reason) }] });
  });

  it('signed counts where keys are configured; a tool call of that principal does too', () => {
    expect(judge([known({ way: 'handoff' }, 'valid')], { areKeysConfigured: true }).verdict).toBe('approved');
    expect(judge([known({ way: 'tool' })], { areKeysConfigured: true }).verdict).toBe('approved');
  });

  it('the last decision counts; a rejection too, whoever of the division made it', () => {
    expect(judge([known({ at: at(-9) }), known({ decision: 'reject', role: 'operator', at: at(-5) })]).verdict).toBe(
      'rejected',
    );
    expect(judge([known({ decision: 'reject', at: at(-9) }), known({ at: at(-5) })]).verdict).toBe('approved');
    expect(judge([known(), known({ decision: 'reject' })]).verdict).toBe('rejected');
    expect(judge([known({ decision: 'reject' }), known()]).verdict).toBe('rejected');
    expect(judge([known({ decision: 'reject', role: 'viewer' })]).verdict).toBe('missing');
  });

  const approvals = fc.array(
    fc.record({
      role: fc.constantFrom(...Role.options),
      decision: fc.constantFrom<Approval['decision'][]>('approve', 'reject'),
      way: fc.constantFrom<Approval['way'][]>('tool', 'elicitation', 'terminal', 'handoff'),
      signature: fc.constantFrom<KnownApproval['signature'][]>('valid', 'absent', 'invalid'),
      minutes: fc.integer({ min: -100, max: 100 }),
      lifetime: fc.integer({ min: -100, max: 100 }),
      hash: fc.constantFrom(HASH, 'b'.repeat(64)),
    }),
    { maxLength: 6 },
  );
  const levels = fc.constantFrom<AuthorityLevel[]>('coo', 'cortex-prime');

  test.prop([approvals, levels, fc.boolean()])(
    'R74: nobody approves above its level, whatever lies there',
    (given, level, areKeysConfigured) => {
      const all = given.map(({ role, decision, way, signature, minutes, lifetime, hash }) =>
        known({ role, decision, way, at: at(minutes), expires_at: at(minutes + lifetime), plan_hash: hash }, signature),
      );
      const answer = judge(all, { level, areKeysConfigured });
      if (answer.verdict !== 'approved') return;
      const { approval } = answer;
      expect(level === 'coo' ? ['coo', 'cortex-prime'] : ['cortex-prime']).toContain(approval.role);
      expect(approval.plan_hash).toBe(HASH);
      expect(Date.parse(approval.expires_at)).toBeGreaterThan(NOW);
      const signature = all.find(each => each.approval === approval)?.signature;
      expect(signature).not.toBe('invalid');
      if (areKeysConfigured && ['handoff', 'terminal'].includes(approval.way)) expect(signature).toBe('valid');
    },
  );
});
