import { X509Certificate } from 'node:crypto';
import type { SimCluster } from '../world/cluster.ts';
import { isSignedByTalos } from '../world/pki.ts';
import { rpcError, TalosctlFailure, tlsError } from './failure.ts';
import type { TalosContext } from './talosconfig.ts';

/** The least a caller must be (contractors.md 5.6). */
export type Role = 'os:reader' | 'os:operator' | 'os:admin';

const ROLES: readonly string[] = ['os:reader', 'os:operator', 'os:admin'];

const parsed = new Map<string, X509Certificate>();

/** The client certificate of a context; undefined when it has none. Throws talosctl's error when it is no certificate. */
export function certificateOf({ crt }: TalosContext): X509Certificate | undefined {
  if (crt === undefined || crt === '') return undefined;
  const known = parsed.get(crt);
  if (known !== undefined) return known;
  const pem = Buffer.from(crt, 'base64').toString();
  if (!pem.includes('-----BEGIN')) throw new TalosctlFailure('error decoding PEM');
  try {
    const certificate = new X509Certificate(pem);
    parsed.set(crt, certificate);
    return certificate;
  } catch {
    throw new TalosctlFailure('x509: malformed certificate');
  }
}

/** The roles a certificate carries as its organizations. */
export const rolesOf = (certificate: X509Certificate): string[] =>
  certificate.subject.split('\n').flatMap(part => /^O=(os:.+)$/.exec(part)?.[1] ?? []);

const UNKNOWN_AUTHORITY =
  'transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of \\"x509: Ed25519 verification failure\\" while trying to verify candidate authority certificate \\"talos\\")';

/** What a client gets that speaks TLS with a machine in maintenance mode: its certificate is its own (contractors.md 3.8). */
export const unknownAuthority = (): TalosctlFailure => new TalosctlFailure(tlsError(UNKNOWN_AUTHORITY));

/**
 * Throws what TLS or apid answers a caller whose certificate expired, is not of this cluster, or lacks the role. A context
 * without a certificate is let in: hand-written ones of the simulation have none.
 */
export function checkAccess(cluster: SimCluster, context: TalosContext, needed: Role): void {
  const certificate = certificateOf(context);
  if (certificate === undefined) return;
  if (!isSignedByTalos(cluster, certificate)) throw unknownAuthority();
  const isValid = Date.parse(certificate.validFrom) <= cluster.now() && cluster.now() < Date.parse(certificate.validTo);
  if (!isValid) throw new TalosctlFailure(tlsError('error reading server preface: remote error: tls: bad certificate'));
  const rank = Math.max(...rolesOf(certificate).map(role => ROLES.indexOf(role)), -1);
  if (rank < ROLES.indexOf(needed)) throw new TalosctlFailure(rpcError('PermissionDenied', 'not authorized'));
}
