import { createHash } from 'node:crypto';
import type { HandoffPriority } from '../../model/handoff.ts';
import type { StepResult } from '../../model/step.ts';
import type { KeptTask } from '../../model/task.ts';
import { type CheckIssue, isWorthTelling, statusOf } from '../checks/check.ts';
import type { HealthStatus } from '../cluster-health.ts';
import { isObject, objectsAt, textAt } from '../manifest/json.ts';

/** One issue, with where it is. */
export interface PlacedIssue extends CheckIssue {
  cluster: string;
}

/** What the steps before found out, as far as others are told of it. */
export interface Told {
  title: string;
  operationId: string;
  simulated: boolean;
  /** Epoch milliseconds. */
  now: number;
  task: KeptTask;
  /** Clusters it is about. */
  clusters: readonly string[];
  issues: readonly PlacedIssue[];
  /** What each check came to. */
  checks: readonly { step: string; cluster: string; subject: string; summary: string; figures: StepResult }[];
  failed: readonly { step: string; reason: string }[];
  /** Of the step that looked for causes. */
  diagnosis: StepResult | undefined;
  /** A change that was not made, as a GitOps controller keeps its object: whose it is, and the patch. */
  handedBack: StepResult | undefined;
  /** Paths of reports that were written, relative to the division directory. */
  reports: readonly string[];
  /** Divisions whose workloads are concerned. */
  divisions: readonly string[];
}

/** What is to be sent: everything but its number and who sends it. */
export interface StepDraft {
  to: string;
  handoffType: string;
  priority: HandoffPriority;
  context: Record<string, unknown>;
  inResponseTo?: string;
}

const SEVERITIES: readonly CheckIssue['severity'][] = ['critical', 'unknown', 'warning', 'info'];
const isSeverity = (value: unknown): value is CheckIssue['severity'] => SEVERITIES.some(severity => severity === value);

/** The issues that a check kept in its result. */
export const issuesIn = (result: StepResult | undefined, cluster: string): PlacedIssue[] =>
  objectsAt(result, 'issues').flatMap(({ severity, rule, subject, message }) =>
    isSeverity(severity)
      ? [{ severity, cluster, rule: String(rule), subject: String(subject), message: String(message) }]
      : [],
  );

export const worthTelling = ({ issues }: Told): PlacedIssue[] =>
  SEVERITIES.flatMap(severity => issues.filter(issue => issue.severity === severity && isWorthTelling(issue)));

export const overallOf = ({ issues, failed }: Told): HealthStatus =>
  failed.length > 0 && statusOf(issues) === 'healthy' ? 'unknown' : statusOf(issues);

/** What stands, whatever figures it is told with: the same issues have the same fingerprint (ledger R109). Undefined: nothing stands. */
export function fingerprintOf(told: Told): string | undefined {
  const lines = [
    ...worthTelling(told).map(({ severity, cluster, rule, subject }) =>
      JSON.stringify([severity, cluster, rule, subject]),
    ),
    ...told.failed.map(({ step }) => JSON.stringify(['failed', step])),
  ];
  if (lines.length === 0) return undefined;
  return createHash('sha256')
    .update([...new Set(lines)].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** Causes as the diagnosis tells them, likeliest first. */
export const causesOf = ({ diagnosis }: Told): string[] =>
  objectsAt(diagnosis, 'causes').flatMap(cause => textAt(cause, 'message') ?? textAt(cause, 'cause') ?? []);

/** Whose fault the diagnosis says it is; undefined: it does not say. */
export const ownerOf = ({ diagnosis }: Told): string | undefined =>
  isObject(diagnosis) ? textAt(diagnosis, 'owner') : undefined;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** What every handoff of a step says. */
export const common = ({ operationId, clusters, simulated }: Told) => ({
  operation_id: operationId,
  clusters,
  simulated,
});

const PRIORITIES: Record<HealthStatus, HandoffPriority> = {
  critical: 'critical',
  unknown: 'high',
  degraded: 'medium',
  healthy: 'low',
};

export const priorityOf = (told: Told): HandoffPriority => PRIORITIES[overallOf(told)];
