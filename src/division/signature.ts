/** Decisions signed by an approver: a compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037). */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { DivisionError } from '../errors.ts';
import type { Approver } from '../model/config.ts';

/** What an approver signs: all that the decision's worth hangs on. */
export interface SignedDecision {
  plan_hash: string;
  decision: 'approve' | 'reject';
  approver: string;
  conditions: readonly string[];
  at: string;
  expires_at: string;
}

const TYPE = 'containers-gm-decision';

const claimsOf = ({ plan_hash, decision, approver, conditions, at, expires_at }: SignedDecision): string =>
  canonicalize({ plan_hash, decision, approver, conditions: [...conditions], at, expires_at }) ?? '';

function ed25519(key: KeyObject, where: string): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new DivisionError(
    'INPUT_INVALID',
    `${where} is no Ed25519 key`,
    'make one with: openssl genpkey -algorithm ed25519 -out approver.pem',
  );
}

/** A public key as division.yaml has it: PEM, or the base64 of its DER. @throws DivisionError INPUT_INVALID */
function publicKey(text: string, where: string): KeyObject {
  try {
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return ed25519(key, where);
  } catch (error) {
    if (error instanceof DivisionError) throw error;
    throw new DivisionError(
      'INPUT_INVALID',
      `${where} is no public key`,
      'give what this prints: openssl pkey -in approver.pem -pubout',
    );
  }
}

const fingerprint = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');

/**
 * Signs with the private key in PEM. The signature is for the approver whose configured public key belongs to it.
 * @throws DivisionError INPUT_INVALID when it is no Ed25519 key or nobody's
 */
export async function signDecision(
  privatePem: string,
  approvers: readonly Approver[],
  decision: Omit<SignedDecision, 'approver'>,
): Promise<{ approver: Approver; jws: string }> {
  let key: KeyObject;
  try {
    key = ed25519(createPrivateKey(privatePem), 'the key file');
  } catch (error) {
    if (error instanceof DivisionError) throw error;
    throw new DivisionError(
      'INPUT_INVALID',
      'the key file holds no private key that can be read without a passphrase',
      'make one with: openssl genpkey -algorithm ed25519 -out approver.pem',
    );
  }
  const own = fingerprint(createPublicKey(key));
  const approver = approvers.find(({ name, public_key }) => fingerprint(publicKey(public_key, name)) === own);
  if (!approver) {
    throw new DivisionError(
      'INPUT_INVALID',
      'the key file belongs to no approver',
      'add {name, role, public_key} to approvers in division.yaml; the public key: openssl pkey -in approver.pem -pubout',
    );
  }
  const jws = await new CompactSign(Buffer.from(claimsOf({ ...decision, approver: approver.name })))
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: approver.name })
    .sign(key);
  return { approver, jws };
}

const isSameTime = (claimed: unknown, given: string): boolean =>
  typeof claimed === 'string' && Date.parse(claimed) === Date.parse(given);

/** The signed claims are this decision; times are compared as times, since a file may have been written in another dialect. */
function says(claims: unknown, { at, expires_at, ...rest }: SignedDecision): boolean {
  if (typeof claims !== 'object' || claims === null) return false;
  const { at: signedAt, expires_at: signedExpiry, ...signed } = claims as Record<string, unknown>;
  const { plan_hash, decision, approver, conditions } = rest;
  const isSame = canonicalize(signed) === canonicalize({ plan_hash, decision, approver, conditions: [...conditions] });
  return isSame && isSameTime(signedAt, at) && isSameTime(signedExpiry, expires_at);
}

/**
 * The approver who signed exactly this decision; undefined when nobody configured did, or the signature is over something else.
 * Never throws for what the signature holds.
 */
export async function signerOf(
  jws: string,
  decision: SignedDecision,
  approvers: readonly Approver[],
): Promise<Approver | undefined> {
  try {
    const { kid } = decodeProtectedHeader(jws);
    const approver = approvers.find(({ name }) => name === kid && name === decision.approver);
    if (!approver) return undefined;
    const { payload, protectedHeader } = await compactVerify(jws, publicKey(approver.public_key, approver.name), {
      algorithms: ['EdDSA'],
    });
    if (protectedHeader.typ !== TYPE) return undefined;
    return says(JSON.parse(Buffer.from(payload).toString('utf8')), decision) ? approver : undefined;
  } catch {
    return undefined;
  }
}
