import type { ServerFacts } from '../../model/facts.ts';
import type { CertificateFacts } from '../../model/machine-facts.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, unknownIssue } from './check.ts';

const DAY_MS = 24 * 3_600_000;

/** The certificates of one machine; `error` when none could be read. */
export interface MachineCertificates {
  node: string;
  certificates: readonly CertificateFacts[];
  unanswered: readonly string[];
  error?: string;
}

export interface ListedCertificate extends CertificateFacts {
  /** The machine, or `cluster` for what is the same on all. */
  node: string;
}

/** Authorities and the talosconfig's own are the same wherever they are read: listed once. */
export function listed(machines: readonly MachineCertificates[]): ListedCertificate[] {
  const isShared = ({ kind }: CertificateFacts): boolean => kind === 'client' || kind === 'authority';
  const all = machines.flatMap(({ node, certificates }) =>
    certificates.map(certificate => ({ ...certificate, node: isShared(certificate) ? 'cluster' : node })),
  );
  const keyOf = ({ node, kind, name, expiresAt }: ListedCertificate): string =>
    JSON.stringify([node, kind, name, expiresAt]);
  return [...new Map(all.map(certificate => [keyOf(certificate), certificate])).values()];
}

const unread = (machines: readonly MachineCertificates[]): CheckIssue[] => [
  ...(machines.length === 0 ? [unknownIssue('certificates', 'no machine could be asked')] : []),
  ...machines.flatMap(({ node, unanswered, error }) => [
    ...(error === undefined ? [] : [unknownIssue(node, `the certificates of ${node} could not be read: ${error}`)]),
    ...unanswered.map(what => unknownIssue(node, `${node} did not tell its ${what} certificates`)),
  ]),
];

const daysLeft = ({ expiresAt }: CertificateFacts, now: number): number => Math.floor((expiresAt - now) / DAY_MS);

/**
 * Strictly fewer than `days` days left (ledger R133). One that lives no longer than twice that renews itself at half its life (Talos' own
 * live a day): it is due when less than a quarter of that is left.
 */
function isDue({ expiresAt, notBefore }: CertificateFacts, now: number, days: number): boolean {
  const left = expiresAt - now;
  const life = expiresAt - notBefore;
  return left < days * DAY_MS && (life > 2 * days * DAY_MS || left < life / 4);
}

/** Strictly fewer than `days` days left is told, expired is critical (ledger R108, R133; seed 229). */
export function checkCertificates(machines: readonly MachineCertificates[], now: number, days: number): Check {
  const rule = 'R133: certificate expiry';
  const certificates = listed(machines);
  const issues = certificates.flatMap((certificate): CheckIssue[] => {
    const { node, kind, name, expiresAt, notBefore } = certificate;
    const subject = `${node}: ${kind} ${name}`;
    if (expiresAt <= now) return [issueOf('critical', rule, subject, `${subject} expired ${iso(expiresAt)}`)];
    if (notBefore > now) return [issueOf('warning', rule, subject, `${subject} is not valid before ${iso(notBefore)}`)];
    if (!isDue(certificate, now, days)) return [];
    return [
      issueOf('warning', rule, subject, `${subject} expires in ${daysLeft(certificate, now)} days, ${iso(expiresAt)}`),
    ];
  });
  const next = certificates.toSorted((one, other) => one.expiresAt - other.expiresAt)[0];
  const all = [...issues, ...unread(machines)];
  return {
    issues: all,
    headline: headlineOf(
      next
        ? `${certificates.length} certificates, the first expires in ${daysLeft(next, now)} days`
        : 'no certificate read',
      all,
    ),
    figures: {
      certificates: certificates.length,
      first_expiry: next ? { subject: `${next.node}: ${next.kind} ${next.name}`, at: iso(next.expiresAt) } : null,
    },
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * What has to be rotated by a procedure: the Talos and Kubernetes client credentials, and authorities. Server certificates renew
 * themselves (ledger R134; contractors.md 5): one that did not is looked at, not rotated.
 */
export function checkRotation(machines: readonly MachineCertificates[], now: number, days: number): Check {
  const rule = 'R134: client credentials do not renew themselves';
  const due = listed(machines).filter(certificate => isDue(certificate, now, days));
  const planned = due.filter(({ kind }) => kind === 'client' || kind === 'authority');
  const stuck = due.filter(certificate => !planned.includes(certificate));
  const issues = [
    ...planned.map(({ kind, name, expiresAt }) =>
      issueOf('warning', rule, name, `${kind} ${name} is due (${iso(expiresAt)}): plan rotate_certificates`),
    ),
    ...stuck.map(({ node, kind, name }) =>
      issueOf(
        'warning',
        rule,
        `${node}: ${name}`,
        `${kind} ${name} of ${node} renews itself and did not: look at ${node}`,
      ),
    ),
    ...unread(machines),
  ];
  return {
    issues,
    headline: headlineOf(`${planned.length} certificates to rotate`, issues),
    figures: {
      rotate: planned.map(({ kind, name, expiresAt }) => ({
        what: kind === 'client' ? 'client' : name.includes('kubernetes') ? 'kubernetes-ca' : 'talos-ca',
        name,
        expires_at: iso(expiresAt),
      })),
    },
  };
}

const TLS_FAILURE = /certificate|self.signed|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS|altname/i;

/**
 * Each API server's chain was verified against the cluster's authority by whoever asked it (ledger R135: a leaf of another authority
 * fails); none of a machine's certificates outlives the authority of its kind.
 */
export function checkChain(servers: readonly ServerFacts[], machines: readonly MachineCertificates[]): Check {
  const rule = 'R135: certificate chain';
  const authorities = listed(machines).filter(({ kind }) => kind === 'authority');
  const first = Math.min(...authorities.map(({ expiresAt }) => expiresAt));
  const outliving = listed(machines).filter(({ kind, expiresAt }) => kind !== 'authority' && expiresAt > first);
  const issues = [
    ...servers.flatMap(({ url, reachable, error }): CheckIssue[] => {
      if (reachable) return [];
      if (TLS_FAILURE.test(error ?? ''))
        return [issueOf('critical', rule, url, `${url} does not prove itself by the cluster's authority`)];
      return [unknownIssue(url, `${url} did not answer, so its chain is not known`)];
    }),
    ...(servers.length === 0 ? [unknownIssue('servers', 'no API server was asked')] : []),
    ...outliving.map(({ node, kind, name }) =>
      issueOf('info', rule, `${node}: ${name}`, `${kind} ${name} of ${node} is valid for longer than an authority`),
    ),
    ...unread(machines),
  ];
  const proved = servers.filter(({ reachable }) => reachable).length;
  return {
    issues,
    headline: headlineOf(`${proved} of ${servers.length} API servers prove themselves`, issues),
    figures: { servers: servers.length, verified: proved, authorities: authorities.length },
  };
}

/** For the inventory: names and dates, nothing of a key (ledger R136). */
export const inventoryOf = (machines: readonly MachineCertificates[]) =>
  listed(machines).map(({ node, kind, name, notBefore, expiresAt }) => ({
    node,
    kind,
    name,
    not_before: iso(notBefore),
    expires_at: iso(expiresAt),
  }));
