import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { sha256Hex } from './random.ts';

/** A certificate and its private key, PEM. Made from a seed: they protect nothing. */
export interface Identity {
  certificate: string;
  key: string;
}

interface Subject {
  organization: string;
  commonName?: string;
}

/** DER: tag, length, content (X.690). */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 255 ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const bits = (content: Buffer): Buffer => der(0x03, Buffer.from([0]), content);
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const flag = Buffer.from([0x01, 0x01, 0xff]);

const ED25519 = sequence(identifier('2b6570'));
const ORGANIZATION = identifier('55040a');
const COMMON_NAME = identifier('550403');
const BASIC_CONSTRAINTS = identifier('551d13');
const KEY_USAGE = identifier('551d0f');
const EXTENDED_KEY_USAGE = identifier('551d25');
const CLIENT_AUTH = identifier('2b06010505070302');
/** PKCS #8 of an Ed25519 key, up to its 32 bytes. */
const PRIVATE_KEY_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

const nameOf = ({ organization, commonName }: Subject): Buffer => {
  const part = (type: Buffer, text: string): Buffer => der(0x31, sequence(type, der(0x0c, Buffer.from(text))));
  return sequence(
    part(ORGANIZATION, organization),
    ...(commonName === undefined ? [] : [part(COMMON_NAME, commonName)]),
  );
};

/** UTCTime, or GeneralizedTime from 2050 on (RFC 5280). */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;

const keyOf = (seed: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([PRIVATE_KEY_HEAD, Buffer.from(sha256Hex(seed), 'hex')]),
    format: 'der',
    type: 'pkcs8',
  });

export interface CertificateRequest {
  subject: Subject;
  issuer: Subject;
  /** The keys follow from these texts. */
  seed: string;
  issuerSeed: string;
  fromMs: number;
  untilMs: number;
  isAuthority: boolean;
}

/** A real X.509 v3 certificate, Ed25519, the same for the same request. */
export function makeCertificate(request: CertificateRequest): Identity {
  const key = keyOf(request.seed);
  const extension = (type: Buffer, isCritical: boolean, value: Buffer): Buffer =>
    sequence(type, ...(isCritical ? [flag] : []), der(0x04, value));
  const extensions = request.isAuthority
    ? [
        extension(KEY_USAGE, true, der(0x03, Buffer.from([0x02, 0x84]))),
        extension(BASIC_CONSTRAINTS, true, sequence(flag)),
      ]
    : [
        extension(KEY_USAGE, true, der(0x03, Buffer.from([0x07, 0x80]))),
        extension(EXTENDED_KEY_USAGE, false, sequence(CLIENT_AUTH)),
      ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from(`01${sha256Hex(`${request.seed} ${request.fromMs}`).slice(0, 30)}`, 'hex')),
    ED25519,
    nameOf(request.issuer),
    sequence(time(request.fromMs), time(request.untilMs)),
    nameOf(request.subject),
    createPublicKey(key).export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign(null, body, keyOf(request.issuerSeed));
  return {
    certificate: pem('CERTIFICATE', sequence(body, ED25519, bits(signature))),
    key: pem('ED25519 PRIVATE KEY', key.export({ format: 'der', type: 'pkcs8' })),
  };
}
