import { describe, expect, it } from 'vitest';
import { readApprovalReply, requestedPlanHash } from '../../src/decisions/handoff-approval.ts';
import { aReading, fromCoo, handoffsOf, only, ourRequest, PLAN_HASH } from './a-handoff.ts';

const ID = 'containers-to-coo-upgrade-1';
const request = aReading(ourRequest());

const approval = (change: Record<string, unknown> = {}): Record<string, unknown> =>
  fromCoo({
    handoff_id: 'coo-to-containers-upgrade-1',
    handoff_type: 'approval_response',
    status: 'completed',
    in_response_to: ID,
    decision: 'approved',
    approver: 'coo',
    plan_hash: PLAN_HASH,
    context: { summary: 'go' },
    ...change,
  });

const readReply = (fields: Record<string, unknown> | string) =>
  readApprovalReply(only(handoffsOf([{ fields }]).incoming), request);

describe('an approval reply', () => {
  it('R87: is read with its decision, approver, conditions, expiry, plan hash and signature', () => {
    const fields = approval({ conditions: ['at night'], expires_at: '2026-11-23T03:00:00-0600', signature: 'eyJ.x.y' });
    expect(readReply(fields)).toEqual({
      handoffId: 'coo-to-containers-upgrade-1',
      inResponseTo: ID,
      via: 'reply',
      decision: 'approved',
      approver: 'coo',
      conditions: ['at night'],
      expiresAt: '2026-11-23T09:00:00.000Z',
      planHash: PLAN_HASH,
      signature: 'eyJ.x.y',
      contentHash: aReading(fields).hash,
      raw: fields,
    });
  });

  it.each(['rejected', 'changes_requested'])('may say %s', decision => {
    expect(readReply(approval({ decision }))).toMatchObject({ decision });
  });

  it('may name the plan in context, or in both places alike', () => {
    const context = { summary: 'go', plan_hash: PLAN_HASH };
    expect(readReply(approval({ plan_hash: undefined, context }))).toMatchObject({ planHash: PLAN_HASH });
    expect(readReply(approval({ context }))).toMatchObject({ planHash: PLAN_HASH });
  });

  it.each([
    ['no decision', { decision: undefined }, 'decision is missing'],
    ['a decision in prose', { decision: 'Looks good, go ahead' }, 'decision is none of'],
    ['a decision in other letters', { decision: 'Approved' }, 'decision is none of'],
    ['a decision with an invisible character', { decision: 'approved\u200b' }, 'decision is none of'],
    ['a decision in a list', { decision: ['approved'] }, 'decision is none of'],
    [
      'a decision only in the text',
      { decision: undefined, context: { summary: 'decision: approved' } },
      'decision is missing',
    ],
    ['another decision in context', { context: { summary: 'go', decision: 'rejected' } }, 'decision says two things'],
    ['a status that says the contrary', { status: 'rejected' }, 'status and decision differ'],
    ['no plan hash', { plan_hash: undefined }, 'plan_hash is missing'],
    ['a short plan hash', { plan_hash: PLAN_HASH.slice(0, 16) }, 'plan_hash is not 64'],
    ['two plan hashes', { context: { summary: 'go', plan_hash: 'cd'.repeat(32) } }, 'plan_hash says two things'],
    ['another plan’s hash', { plan_hash: 'cd'.repeat(32) }, 'plan_hash is not the one we asked for'],
    ['the hash in another spelling too', { planHash: 'cd'.repeat(32) }, 'plan_hash stands there in another spelling'],
    ['the decision in another spelling too', { Decision: 'rejected' }, 'decision stands there in another spelling'],
    ['no request named', { in_response_to: undefined }, 'in_response_to is missing'],
    [
      'another request named',
      { in_response_to: 'containers-to-coo-upgrade-2' },
      'in_response_to names another handoff',
    ],
    ['no approver', { approver: undefined }, 'approver is missing'],
    ['an approver that is no name', { approver: { name: 'coo' } }, 'approver is missing'],
    ['an expiry without zone', { expires_at: '2026-11-23T09:00:00' }, 'expires_at is no time'],
    ['an expiry in prose', { expires_at: 'tomorrow' }, 'expires_at is no time'],
    ['conditions that are no list', { conditions: 'at night' }, 'conditions are not a list'],
    ['a condition that is no text', { conditions: [1] }, 'a condition is no text'],
    ['another type', { handoff_type: 'task_delegation' }, 'it is no approval_response'],
  ])('with %s is ambiguous', (_what, change, reason) => {
    expect(readReply(approval(change))).toEqual({ ambiguous: expect.stringContaining(reason) });
  });

  it.each(['decision', 'd\\u0065cision', 'plan_hash', 'context', 'anything'])('with %s twice is ambiguous', name => {
    const text = JSON.stringify(approval()).replace(/}$/, `,"${name}":"x","anything":1}`);
    const doubled = name === 'anything' ? text : text.replace(',"anything":1', '');
    expect(readReply(doubled)).toEqual({ ambiguous: expect.stringContaining('twice') });
  });

  it('whose id has another content too is ambiguous', () => {
    const { incoming } = handoffsOf([
      { fields: approval(), source: 'a.json' },
      { fields: approval({ decision: 'rejected' }), source: 'b.json' },
    ]);
    expect(readApprovalReply(only(incoming), request)).toEqual({
      ambiguous: expect.stringContaining('different things'),
    });
  });
});

describe('our own handoff with its status changed', () => {
  const original = ourRequest();
  const inPlace = (one: Record<string, unknown>, other: Record<string, unknown> = original) =>
    readApprovalReply(
      only(
        handoffsOf(
          [],
          [
            { fields: one, source: 'outgoing/a.json' },
            { fields: other, source: 'a.json' },
          ],
        ).outgoing,
      ),
    );

  it.each(['approved', 'rejected', 'changes_requested'])(
    'R87: to %s in one copy counts, whichever copy it is',
    status => {
      const changed = { ...original, status, approver: 'coo', expires_at: '2026-11-23T09:00:00Z' };
      for (const read of [inPlace(changed), inPlace(original, changed)]) {
        expect(read).toMatchObject({
          via: 'in_place',
          decision: status,
          approver: 'coo',
          inResponseTo: ID,
          planHash: PLAN_HASH,
        });
      }
    },
  );

  it('without a name is the word of whom we asked', () => {
    expect(inPlace({ ...original, status: 'approved' })).toMatchObject({ approver: 'coo' });
  });

  it.each([
    ['in both copies', { ...original, status: 'approved' }, { ...original, status: 'approved' }],
    ['in both copies differently', { ...original, status: 'approved' }, { ...original, status: 'rejected' }],
    ['together with the plan', { ...original, status: 'approved', plan_hash: 'cd'.repeat(32) }, original],
    ['together with the context', { ...original, status: 'approved', context: { summary: 'x' } }, original],
    ['together with the addressee', { ...original, status: 'approved', to: 'cortex-prime' }, original],
    ['together with an unknown field', { ...original, status: 'approved', scope: 'all' }, original],
    ['with a field missing', { ...original, status: 'approved', priority: undefined }, original],
    ['to a word that decides nothing', { ...original, status: 'seen' }, original],
    ['with a contrary decision', { ...original, status: 'approved', decision: 'rejected' }, original],
    ['not at all', original, original],
  ])('%s is ambiguous', (_what, one, other) => {
    expect(inPlace(one, other)).toHaveProperty('ambiguous');
  });
});

it('a request names its plan, at the top or in context, or none', () => {
  expect(requestedPlanHash(request)).toBe(PLAN_HASH);
  expect(requestedPlanHash(aReading(fromCoo({ context: { summary: 's', plan_hash: PLAN_HASH } })))).toBe(PLAN_HASH);
  expect(requestedPlanHash(aReading(fromCoo()))).toBeUndefined();
  expect(requestedPlanHash(aReading(fromCoo({ plan_hash: 'x' })))).toBeUndefined();
});
