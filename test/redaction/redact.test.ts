import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REDACTED, redact, redactValue } from '../../src/redaction/redact.ts';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
const encoded = (text: string) => Buffer.from(text).toString('base64');

const word = fc.stringMatching(/^[A-Za-z0-9!#$%*+./:<>?@^_~-]{8,40}$/);
const base64Text = fc.uint8Array({ minLength: 30, maxLength: 200 }).map(bytes => Buffer.from(bytes).toString('base64'));
const base64Url = fc
  .uint8Array({ minLength: 30, maxLength: 60 })
  .map(bytes => Buffer.from(bytes).toString('base64url'));
const capitals = fc.stringMatching(/^[A-Z0-9]{16}$/);
const token = fc.stringMatching(/^[A-Za-z0-9]{36}$/);
const name = fc.constantFrom(
  'password',
  'DB_PASSWORD',
  'token',
  'client_secret',
  'api-key',
  'privateKey',
  'secretKey',
  'GITHUB_TOKEN',
);

/** What a secret looks like where it is found: the text around it, and the part that must not survive. */
const planted: Record<string, fc.Arbitrary<{ text: string; secret: string }>> = {
  'a value of a YAML or env line': fc
    .tuple(name, word, word, fc.constantFrom(': ', '=', ' = '))
    .map(([key, one, two, sign]) => ({ text: `a: 1\n  ${key}${sign}${one} ${two}\nb: 2`, secret: two })),
  'a value in a sentence': fc
    .tuple(name, word)
    .map(([key, secret]) => ({ text: `tried ${key}=${secret} in vain`, secret })),
  'a value in JSON': fc
    .tuple(name, fc.string({ minLength: 8 }), fc.string())
    .filter(([, secret, around]) => !around.includes(secret))
    .map(([key, secret, around]) => {
      const inJson = JSON.stringify(secret).slice(1, -1);
      return { text: JSON.stringify({ around, [key]: secret, next: 1 }), secret: inJson };
    })
    .filter(({ secret }) => secret.trim().length >= 8),
  'a value in JSON in JSON': fc.tuple(name, word).map(([key, secret]) => ({
    text: JSON.stringify({ body: JSON.stringify({ [key]: secret, next: 1 }) }),
    secret,
  })),
  'an argument of a flag': fc
    .tuple(word, fc.constantFrom('--token ', '--password=', '--client-secret '))
    .map(([secret, flag]) => ({
      text: `ran tool ${flag}${secret.replace(/^-+/, 'x')} --verbose`,
      secret: secret.replace(/^-+/, 'x'),
    })),
  'key data of a kubeconfig': fc
    .tuple(base64Text, fc.constantFrom('client-key-data', 'certificate-authority-data', 'client-certificate-data'))
    .map(([secret, key]) => ({ text: `    ${key}: ${secret}\n`, secret })),
  'key data of a talosconfig': fc
    .tuple(base64Text, fc.constantFrom('ca', 'crt', 'key'), fc.constantFrom(': ', '": "', '='))
    .map(([secret, key, sign]) => ({ text: `contexts:\n  ${key}${sign}${secret}"\n`, secret: secret.slice(0, 24) })),
  'a bearer': base64Url.map(secret => ({ text: `GET / Authorization: Bearer ${secret} 401`, secret })),
  'basic credentials': word.map(secret => ({
    text: `authorization: Basic ${encoded(`u:${secret}`)}`,
    secret: encoded(`u:${secret}`),
  })),
  'a JWT': fc.tuple(base64Url, base64Url).map(([claims, signature]) => ({
    text: `got eyJhbGciOiJSUzI1NiJ9.${claims}.${signature}, refused`,
    secret: signature,
  })),
  'a password in a URL': fc
    .stringMatching(/^[A-Za-z0-9!$%*+._~-]{8,20}$/)
    .map(secret => ({ text: `clone https://bot:${secret}@git.example.org/x failed`, secret })),
  'an AWS key id': capitals.map(secret => ({ text: `key AKIA${secret} is disabled`, secret })),
  'a Google API key': fc.stringMatching(/^[\w-]{35}$/).map(secret => ({ text: `?q=AIza${secret} denied`, secret })),
  'a GitHub token': token.map(secret => ({ text: `pushing with ghp_${secret} failed`, secret })),
  'a bootstrap token': fc
    .stringMatching(/^[a-z0-9]{6}\.[a-z0-9]{16}$/)
    .map(secret => ({ text: `join ${secret} now`, secret })),
  'a key of 32 bytes in a sentence': fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map(bytes => Buffer.from(bytes).toString('base64').replace('=', ''))
    .filter(secret => /[0-9]/.test(secret) && /[a-z]/.test(secret) && /[A-Z]/.test(secret) && !/[+/]/.test(secret))
    .map(secret => ({ text: `got ${secret} instead`, secret })),
  'a line of a key that lost its first line': fc
    .uint8Array({ minLength: 48, maxLength: 48 })
    .map(bytes => Buffer.from(bytes).toString('base64'))
    .map(secret => ({ text: `${secret}\n-----END PRIVATE KEY-----`, secret })),
};

describe('a planted secret never survives', () => {
  test.each(Object.entries(planted))('as %s', (_title, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, ({ text, secret }) => {
        const clean = redact(text);
        expect(clean).not.toContain(secret);
        expect(redact(clean)).toBe(clean);
      }),
    );
  });

  test.each([
    ['a PEM block', `before\n${pem}after`],
    ['a PEM block of many lines', String(rsa)],
    ['a PEM block cut off', `${String(rsa).slice(0, 300)}`],
    ['a PEM block in a JSON text', JSON.stringify({ pem })],
    ['a PEM block in base64', `tls: ${encoded(String(rsa))} end`],
    ['a PEM block in base64 of many lines', `x: |\n${encoded(String(rsa)).replace(/(.{76})/g, '  $1\n')}\nnext: 1`],
    ['a PEM block in base64 at an odd position', encoded(`x${String(rsa)}`)],
    ['a key in DER', `data ${String(rsa).split('\n').slice(1, -2).join('')} end`],
  ])('as %s', (_title, text) => {
    const clean = redact(text);
    for (const body of [pem, String(rsa)].flatMap(key => key.split('\n').slice(1, -2))) {
      expect(clean).not.toContain(body);
      expect(clean).not.toContain(encoded(body).slice(8, 40));
    }
    expect(clean).toContain(REDACTED);
    if (text.endsWith('after')) expect(clean).toBe(`before\n${REDACTED}\nafter`);
    if (text.endsWith('next: 1')) expect(clean).toMatch(/\nnext: 1$/);
  });

  test('as a block of YAML', () => {
    expect(redact('password: |-\n  first line\n  second line\nnext: 1')).toBe(`password: ${REDACTED}\nnext: 1`);
  });
});

test.each([
  `plan ${'a1'.repeat(32)} starts`,
  `factory.talos.dev/metal-installer/${'376567988ad370138ad8b2698212367b'.repeat(2)}:v1.13.9`,
  '/tmp/containers-gm-AbC1dE/coordination/divisions/containers/operations/op-1/journal',
  'evict 3 pods from production-worker-with-a-rather-long-name-in-the-zone-eu-central-1a',
  'key: node-role.kubernetes.io/control-plane',
  'tokens_estimated=1500 tokens: 15000 secretName: web-tls',
  'basic checks passed; bearer of bad news',
  'authorization: autonomous (node.upgrade)',
  'secret:\n  secretName: web-tls',
  'system uuid 4c4c4544-0046-3010-8051-b9c04f4e3132, boot 606763e5-f1b0-4088-8cbc-809b80ae7f5d',
  'rpc error: code = Unavailable desc = connection refused 10.0.0.2:50000',
  'TestControllerManagerServiceAccountTokenVolumeProjection failed',
])('%j is no secret and stays', text => {
  expect(redact(text)).toBe(text);
});

test('JSON stays JSON', () => {
  const text = JSON.stringify({ password: 'a"b\\c', nested: { token: 'x y' }, keep: [1, 'two'] });
  expect(JSON.parse(redact(text))).toEqual({ password: REDACTED, nested: { token: REDACTED }, keep: [1, 'two'] });
});

test('any text is redacted in time that grows with its length', () => {
  for (const unit of [
    'a.',
    'token',
    '-',
    'eyJa-',
    '"\\',
    'LS0tLS1CRUdJTi',
    'secret:"',
    '-----BEGIN A-----',
    'a://',
    '\n ',
  ]) {
    const startedAt = performance.now();
    redact(unit.repeat(20_000));
    expect(performance.now() - startedAt).toBeLessThan(5000);
  }
});

describe('a redacted value', () => {
  test('keeps its shape, without the texts under secret names, after secret flags and in errors', () => {
    const cause = Object.assign(new Error('token=abcdefgh'), { code: 'EACCES' });
    const value = {
      password: 'x',
      client_secret: 'y',
      tokens_used: 15,
      token: null,
      args: ['--token', 'abc', '--verbose'],
      error: new Error('secret=abc', { cause }),
      list: [{ apiKey: 'z', name: 'w1' }],
      at: new Date(0),
      size: 5n,
    };
    const clean = redactValue(value);
    expect(clean).toMatchObject({
      password: REDACTED,
      client_secret: REDACTED,
      tokens_used: 15,
      token: null,
      args: ['--token', REDACTED, '--verbose'],
      error: { name: 'Error', message: `secret=${REDACTED}`, cause: { code: 'EACCES', message: `token=${REDACTED}` } },
      list: [{ apiKey: REDACTED, name: 'w1' }],
      at: '1970-01-01T00:00:00.000Z',
      size: '5',
    });
  });

  test('of a value that holds itself ends', () => {
    const ring: Record<string, unknown> = { key: randomBytes(48).toString('base64') };
    ring.self = ring;
    expect(JSON.stringify(redactValue(ring))).toContain('[deep]');
  });
});
