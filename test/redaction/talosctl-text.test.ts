import { describe, expect, it } from 'vitest';
import { redact } from '../../src/redaction/redact.ts';
import { SCHEMATIC } from '../talosctl/fixtures.ts';

const PEM = '-----BEGIN ED25519 PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1h\n-----END ED25519 PRIVATE KEY-----';
const BASE64 = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJQakNCOGFBREFnRUNBZz09';

describe('redacting what talosctl says', () => {
  it.each([
    ['a PEM block', PEM, 'PRIVATE'],
    ['a torn PEM block', PEM.slice(0, 60), 'MC4C'],
    ['a base64 certificate', `ca: ${BASE64}`, BASE64],
    ['a base64 key in a sentence', `got ${BASE64} instead`, BASE64],
    ['a join token', 'token abc123.0123456789abcdef was refused', '0123456789abcdef'],
    ['a field of a config', '{"bootstraptoken":"very-secret-value"}', 'very-secret-value'],
    ['a bearer token', 'authorization: Bearer abcdefghijkl', 'abcdefghijkl'],
    ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc', 'eyJzdWIi'],
  ])('hides %s', (_, text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain('[redacted]');
  });

  it.each([
    `error validating installer image "factory.talos.dev/metal-installer/${SCHEMATIC}:v1.13.9": not found`,
    `pulled image x@sha256:${'0'.repeat(32)}${'f'.repeat(32)}`,
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.2:50000"',
    'x509: certificate signed by unknown authority',
  ])('keeps what helps: %s', text => expect(redact(text)).toBe(text));
});
