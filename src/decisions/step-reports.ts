/** Reports that procedures write: the seed's reporting format (seed 561-597), and what else is known. */
import type { Operation } from '../model/operation.ts';
import { statusOf, unknownIssue } from './checks/check.ts';
import { overallStatus } from './cluster-health.ts';
import { at, isObject } from './manifest/json.ts';
import { iso, overallOf, type PlacedIssue, type Told, worthTelling } from './step-handoffs/told.ts';

const ISSUES_MAX = 100;
const NOTES_MAX = 20;

const checkOf = (told: Told, cluster: string, subject: string): Readonly<Record<string, unknown>> | undefined =>
  told.checks.find(check => check.cluster === cluster && check.subject === subject)?.figures;

const wasLookedAt = (told: Told, name: string): boolean => told.checks.some(({ cluster }) => cluster === name);

const percentText = (value: unknown): string => (typeof value === 'number' ? `${Math.round(value)}%` : 'n/a');

/** Numbers of a figure, or zeros that are not told: what was not seen is null. */
function counts(value: unknown, names: readonly string[]): Record<string, number | null> {
  return Object.fromEntries(
    names.map(name => {
      const count = at(value, name);
      return [name, typeof count === 'number' ? count : null];
    }),
  );
}

function clusterLine(told: Told, name: string) {
  const own = told.issues.filter(({ cluster }) => cluster === name);
  const resources = checkOf(told, name, 'resources');
  return {
    name,
    status: wasLookedAt(told, name) ? statusOf(own) : ('unknown' as const),
    nodes: counts(at(checkOf(told, name, 'nodes'), 'nodes'), ['total', 'ready', 'not_ready']),
    pods: counts(at(checkOf(told, name, 'pods'), 'pods'), ['total', 'ready', 'pending', 'failed']),
    resource_usage: {
      cpu: percentText(at(resources, 'percent', 'cpu_used') ?? at(resources, 'percent', 'cpu_requested')),
      memory: percentText(at(resources, 'percent', 'memory_used') ?? at(resources, 'percent', 'memory_requested')),
    },
    etcd: checkOf(told, name, 'etcd') ?? null,
    certificates: checkOf(told, name, 'certificates') ?? null,
  };
}

export interface ReportInput {
  told: Told;
  reportType: string;
  /** Steps done by contractor. */
  contractors: readonly { name: string; done: number; failed: number }[];
  /** Operations that ended on the day. */
  endedToday: readonly Operation[];
  tokensUsed: number;
}

/** What keeps a division from being called healthy though no check named it, so that `issues` is empty only where it is healthy (ledger R286). */
const notKnown = (told: Told, clusters: readonly string[]): PlacedIssue[] => [
  ...told.failed.map(({ step, reason }) => ({ ...unknownIssue(step, reason), cluster: 'division' })),
  ...clusters
    .filter(name => !wasLookedAt(told, name))
    .map(name => ({ ...unknownIssue(name, `${name} was not looked at`), cluster: name })),
];

const CAPACITY_RULES = ['R123', 'R124', 'R159'];
const CAPACITY_SUBJECTS = ['resources', 'node_needs', 'utilisation'];

/**
 * Critical: everything of a cluster is asked for or in use; constrained: a threshold is crossed, or nodes are missing; adequate: none, and
 * every cluster was measured (seed 595; ledger R285).
 */
function capacityStatus({ clusters, checks, issues }: Told): 'critical' | 'constrained' | 'adequate' | 'unknown' {
  const measured = checks.flatMap(({ cluster, subject, figures }) => {
    if (!CAPACITY_SUBJECTS.includes(subject)) return [];
    const shares = at(figures, 'percent') ?? at(figures, 'requested_percent');
    const percent = isObject(shares) ? Object.values(shares).filter(share => typeof share === 'number') : [];
    return percent.length > 0 ? [{ cluster, percent }] : [];
  });
  if (measured.some(({ percent }) => percent.some(share => share >= 100))) return 'critical';
  if (issues.some(({ rule }) => CAPACITY_RULES.some(id => rule.startsWith(id)))) return 'constrained';
  const isWhole = clusters.length > 0 && clusters.every(name => measured.some(({ cluster }) => cluster === name));
  return isWhole ? 'adequate' : 'unknown';
}

/** How the report's own look ended, and what the day's operations came to (seed 597; ledger R287). */
function notesOf({ title, failed }: Told, endedToday: readonly Operation[]): string {
  const own = failed.length === 0 ? `${title}: done` : `${title}: ${failed.length} steps failed`;
  const others = endedToday
    .slice(-NOTES_MAX)
    .map(
      ({ playbook, status, result_summary: summary }) => `${playbook} ${status}${summary === '' ? '' : `: ${summary}`}`,
    );
  return [own, ...others].join('; ');
}

const INCIDENTS = ['cluster_failure', 'node_failure', 'workload_failure'];

/** What every report of the division says (seed 561-597). */
function head({ told, reportType, contractors, endedToday, tokensUsed }: ReportInput, asked: readonly string[] = []) {
  const issues = [...worthTelling(told), ...notKnown(told, asked)];
  return {
    division: 'containers',
    report_type: reportType,
    date: iso(told.now).slice(0, 10),
    as_of: iso(told.now),
    simulated: told.simulated,
    operation_id: told.operationId,
    overall_status: overallOf(told),
    contractors: contractors.map(({ name, done, failed }) => ({
      name,
      status: failed > 0 ? 'degraded' : 'healthy',
      tasks_completed: done,
    })),
    metrics: {
      cluster_uptime: uptimeOf(told),
      tasks_completed: contractors.reduce((sum, { done }) => sum + done, 0),
      tokens_used: tokensUsed,
      incidents: endedToday.filter(({ playbook }) => INCIDENTS.includes(playbook)).length,
    },
    capacity_status: capacityStatus(told),
    issues: issues.slice(0, ISSUES_MAX),
    issues_total: issues.length,
    failed_steps: told.failed,
    notes: notesOf(told, endedToday),
  };
}

/** Only a review measures it. */
function uptimeOf(told: Told): number | null {
  const value = at(checkOf(told, 'division', 'uptime'), 'cluster_uptime', 'value');
  return typeof value === 'number' ? value : null;
}

/** A day's report over the clusters. */
export function statusReport(input: ReportInput): Record<string, unknown> {
  const clusters = input.told.clusters.map(name => clusterLine(input.told, name));
  const { overall_status: told, ...rest } = head(input, input.told.clusters);
  return { ...rest, overall_status: overallStatus([...clusters.map(({ status }) => status), told]), clusters };
}

/** A report of any other kind: what each of its checks came to, with its figures. */
export function findingsReport(input: ReportInput): Record<string, unknown> {
  return {
    ...head(input),
    clusters: input.told.clusters.map(name => ({
      name,
      status: statusOf(input.told.issues.filter(({ cluster }) => cluster === name)),
    })),
    sections: input.told.checks.map(({ cluster, subject, summary, figures }) => ({
      subject,
      cluster,
      summary,
      figures: isObject(figures) ? figures : {},
    })),
  };
}
