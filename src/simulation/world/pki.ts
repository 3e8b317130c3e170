import { createHash, X509Certificate } from 'node:crypto';
import type { Identity } from './certificates.ts';
import { makeCertificate } from './certificates.ts';
import type { SimCluster } from './cluster.ts';

/** Which certificate authorities a cluster has: their numbers grow with every rotation. */
export interface Pki {
  talos: number;
  kubernetes: number;
  since_ms: number;
}

export type AuthorityName = 'talos' | 'kubernetes';

export const YEAR_MS = 365 * 86_400_000;

const seedOf = ({ name, seed }: SimCluster, authority: AuthorityName, ordinal: number): string =>
  `${seed} ${name} ${authority} ca ${ordinal}`;

/** The cluster's authority of the given number (default the present one): valid ten years (contractors.md 5.5). */
export function authorityOf(cluster: SimCluster, name: AuthorityName, ordinal = cluster.pki[name]): Identity {
  const seed = seedOf(cluster, name, ordinal);
  return makeCertificate({
    subject: { organization: name },
    issuer: { organization: name },
    seed,
    issuerSeed: seed,
    fromMs: cluster.pki.since_ms,
    untilMs: cluster.pki.since_ms + 10 * YEAR_MS,
    isAuthority: true,
  });
}

export interface ClientRequest {
  /** e.g. os:admin, system:masters */
  organization: string;
  commonName?: string;
  fromMs: number;
  ttlMs: number;
  /** Default the present one. */
  ordinal?: number;
}

/** A client certificate of the cluster. */
export const issueClient = (cluster: SimCluster, authority: AuthorityName, request: ClientRequest): Identity =>
  makeCertificate({
    subject: {
      organization: request.organization,
      ...(request.commonName === undefined ? {} : { commonName: request.commonName }),
    },
    issuer: { organization: authority },
    seed: `${cluster.seed} ${cluster.name} ${authority} client ${request.organization} ${request.fromMs}`,
    issuerSeed: seedOf(cluster, authority, request.ordinal ?? cluster.pki[authority]),
    fromMs: request.fromMs,
    untilMs: request.fromMs + request.ttlMs,
    isAuthority: false,
  });

/** The admin certificate a new cluster's talosconfig holds: one year from the cluster's beginning. */
const firstAdmin = (cluster: SimCluster): Identity =>
  issueClient(cluster, 'talos', { organization: 'os:admin', fromMs: cluster.pki.since_ms, ttlMs: YEAR_MS });

/** What the talosconfig of the simulation holds for the cluster, as base64 of PEM. */
export function talosIdentity(cluster: SimCluster): { ca: string; crt: string; key: string } {
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  const { certificate, key } = firstAdmin(cluster);
  return { ca: base64(authorityOf(cluster, 'talos').certificate), crt: base64(certificate), key: base64(key) };
}

const verified = new Map<string, boolean>();

/** True when the present Talos authority signed the certificate. */
export function isSignedByTalos(cluster: SimCluster, certificate: X509Certificate): boolean {
  const authority = authorityPem(cluster);
  const key = createHash('sha256').update(authority).update(certificate.raw).digest('hex');
  const known = verified.get(key) ?? certificate.verify(new X509Certificate(authority).publicKey);
  verified.set(key, known);
  return known;
}

const authorities = new Map<string, string>();

function authorityPem(cluster: SimCluster): string {
  const key = `${seedOf(cluster, 'talos', cluster.pki.talos)} ${cluster.pki.since_ms}`;
  const known = authorities.get(key) ?? authorityOf(cluster, 'talos').certificate;
  authorities.set(key, known);
  return known;
}
