import { X509Certificate } from 'node:crypto';
import { TalosctlError } from '../errors.ts';
import { isRecord } from './json-objects.ts';
import { readSpecs } from './resource.ts';

export interface CertificateReading {
  /** The field it stands under, e.g. apiServer. */
  name: string;
  notBefore: Date;
  expiresAt: Date;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/** Keys stand beside the certificates: what can't be read is never quoted. */
function unreadable(what: string, cause?: unknown): TalosctlError {
  return new TalosctlError('unintelligible', `${what} holds no certificate that can be read`, { cause });
}

/** The first certificate of a PEM text, which may also hold its key. */
export function readCertificate(name: string, pem: string, what: string): CertificateReading {
  const block = BLOCK.exec(pem)?.[0];
  if (block === undefined) throw unreadable(what);
  try {
    const { validFrom, validTo } = new X509Certificate(block);
    return { name, notBefore: new Date(validFrom), expiresAt: new Date(validTo) };
  } catch (cause) {
    throw unreadable(what, cause);
  }
}

/** The certificate of {crt: base64 of PEM, key: …}; undefined for another value. */
function certificateIn(name: string, value: unknown, what: string): CertificateReading | undefined {
  if (!isRecord(value) || typeof value.crt !== 'string' || value.crt === '') return undefined;
  return readCertificate(name, Buffer.from(value.crt, 'base64').toString('utf8'), what);
}

/**
 * The certificates of a resource that holds secrets, by the fields they stand under. No resource is no certificate: a worker has
 * none of etcd's. Throws TalosctlError unintelligible for a resource without any.
 */
export function readCertificates(text: string, what: string): CertificateReading[] {
  let specs: Record<string, unknown>[];
  try {
    specs = readSpecs(text, what);
  } catch {
    throw unreadable(what);
  }
  const found = specs.flatMap(spec =>
    Object.entries(spec).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap(one => certificateIn(name, one, what) ?? []),
    ),
  );
  if (specs.length > 0 && found.length === 0) throw unreadable(what);
  return found;
}
