import type { HealthStatus } from '../cluster-health.ts';

/** `unknown`: it could not be read, which is never healthy (ledger R110). `info` never changes a status. */
export type CheckSeverity = 'critical' | 'unknown' | 'warning' | 'info';

export interface CheckIssue {
  severity: CheckSeverity;
  /** Ledger row, seed line or SAFETY rule that it follows from. */
  rule: string;
  subject: string;
  message: string;
}

/** What one check came to: `headline` is a sentence's worth for a summary, `figures` are for the record and the report. */
export interface Check {
  issues: CheckIssue[];
  headline: string;
  figures: Record<string, unknown>;
}

export const issueOf = (severity: CheckSeverity, rule: string, subject: string, message: string): CheckIssue => ({
  severity,
  rule,
  subject,
  message,
});

const UNKNOWN_RULE = 'R110: unknown is not healthy';

export const unknownIssue = (subject: string, message: string): CheckIssue =>
  issueOf('unknown', UNKNOWN_RULE, subject, message);

/** A check of what could not be read at all. */
export const unreadable = (subject: string, reason: string): Check => ({
  issues: [unknownIssue(subject, reason)],
  headline: `${subject}: unknown`,
  figures: {},
});

/** Worst first; more issues never make it better. */
export function statusOf(issues: readonly CheckIssue[]): HealthStatus {
  if (issues.some(({ severity }) => severity === 'critical')) return 'critical';
  if (issues.some(({ severity }) => severity === 'unknown')) return 'unknown';
  return issues.some(({ severity }) => severity === 'warning') ? 'degraded' : 'healthy';
}

/** What a gate can't be passed with. */
export const standsAgainst = ({ severity }: CheckIssue): boolean => severity === 'critical' || severity === 'unknown';

/** What somebody is told of. */
export const isWorthTelling = ({ severity }: CheckIssue): boolean => severity !== 'info';

/** "a of b, c": a headline of what was counted, and how much of it stands out. */
export const headlineOf = (what: string, issues: readonly CheckIssue[]): string => {
  const told = issues.filter(isWorthTelling).length;
  return told === 0 ? what : `${what}, ${told} ${told === 1 ? 'issue' : 'issues'}`;
};

/** Of everything that bears on a gate: only `info` lets it pass. */
export const asGate = (issues: readonly CheckIssue[]): CheckIssue[] =>
  issues.map(issue => (issue.severity === 'warning' ? { ...issue, severity: 'critical' } : issue));

export const percentOf = (part: number, whole: number): number | undefined =>
  whole > 0 ? Math.round((1000 * part) / whole) / 10 : undefined;
