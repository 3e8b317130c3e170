import { generateKeyPairSync } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type SignedDecision, signDecision, signerOf } from '../../src/division/signature.ts';
import type { Approver } from '../../src/model/config.ts';

function aKey(): { pem: string; publicPem: string; publicDer: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    publicDer: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

const ada = aKey();
const bob = aKey();
const approvers: Approver[] = [
  { name: 'Ada', role: 'coo', public_key: ada.publicPem },
  { name: 'Bob', role: 'cortex-prime', public_key: bob.publicDer },
];
const decision: Omit<SignedDecision, 'approver'> = {
  plan_hash: 'a'.repeat(64),
  decision: 'approve',
  conditions: [],
  at: '2026-11-22T12:00:00.000Z',
  expires_at: '2026-11-23T12:00:00.000Z',
};

describe('a signed decision', () => {
  it('is its approver’s, found by the key; PEM and base64 keys alike', async () => {
    const byAda = await signDecision(ada.pem, approvers, decision);
    const byBob = await signDecision(bob.pem, approvers, decision);
    expect([byAda.approver.name, byBob.approver.name]).toEqual(['Ada', 'Bob']);
    expect(await signerOf(byAda.jws, { ...decision, approver: 'Ada' }, approvers)).toBe(approvers[0]);
    expect(await signerOf(byBob.jws, { ...decision, approver: 'Bob' }, approvers)).toBe(approvers[1]);
  });

  it.each<[string, Partial<SignedDecision>]>([
    ['another plan', { plan_hash: 'b'.repeat(64) }],
    ['the opposite', { decision: 'reject' }],
    ['another approver', { approver: 'Bob' }],
    ['a condition less', { conditions: ['only staging'] }],
    ['another time', { at: '2026-11-22T12:00:01.000Z' }],
    ['a longer life', { expires_at: '2027-11-23T12:00:00.000Z' }],
  ])('is nobody’s once it says %s', async (_what, change) => {
    const { jws } = await signDecision(ada.pem, approvers, decision);
    expect(await signerOf(jws, { ...decision, approver: 'Ada', ...change }, approvers)).toBeUndefined();
  });

  it('is nobody’s when the key is not configured any more, or another one under that name', async () => {
    const { jws } = await signDecision(ada.pem, approvers, decision);
    const signed = { ...decision, approver: 'Ada' };
    expect(await signerOf(jws, signed, [])).toBeUndefined();
    expect(await signerOf(jws, signed, [{ name: 'Ada', role: 'coo', public_key: bob.publicPem }])).toBeUndefined();
  });

  it('with the algorithm "none", or one of the reader’s own making, is nobody’s', async () => {
    const { jws } = await signDecision(ada.pem, approvers, decision);
    const [, payload] = jws.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: 'Ada' })).toString('base64url');
    const hmac = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'Ada' })).toString('base64url');
    for (const forged of [`${none}.${payload}.`, `${hmac}.${payload}.AAAA`]) {
      expect(await signerOf(forged, { ...decision, approver: 'Ada' }, approvers)).toBeUndefined();
    }
  });

  test.prop([fc.string()])('is read without a throw, whatever it holds', async text => {
    expect(await signerOf(text, { ...decision, approver: 'Ada' }, approvers)).toBeUndefined();
  });

  it.each([
    ['somebody’s who is no approver', aKey().pem, /no approver/],
    ['of another kind', rsaKey(), /no Ed25519 key/],
    ['no key', 'hello', /no private key/],
  ])('can’t be made with a key that is %s', async (_what, pem, message) => {
    await expect(signDecision(pem, approvers, decision)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/openssl/),
    });
  });
});

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}
