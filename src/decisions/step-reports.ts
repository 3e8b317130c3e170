/** Reports that procedures write: the seed's reporting format (seed 561-597), and what else is known. */
import type { Operation } from '../model/operation.ts';
import { statusOf } from './checks/check.ts';
import { overallStatus } from './cluster-health.ts';
import { at, isObject } from './manifest/json.ts';
import { iso, overallOf, type Told, worthTelling } from './step-handoffs/told.ts';

const ISSUES_MAX = 100;

const checkOf = (told: Told, cluster: string, subject: string): Readonly<Record<string, unknown>> | undefined =>
  told.checks.find(check => check.cluster === cluster && check.subject === subject)?.figures;

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
  const wasLookedAt = told.checks.some(({ cluster }) => cluster === name);
  const resources = checkOf(told, name, 'resources');
  return {
    name,
    status: wasLookedAt ? statusOf(own) : ('unknown' as const),
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

const INCIDENTS = ['cluster_failure', 'node_failure', 'workload_failure'];

/** What every report of the division says (seed 561-597). */
function head({ told, reportType, contractors, endedToday, tokensUsed }: ReportInput) {
  const issues = worthTelling(told);
  const isTight = told.issues.some(
    ({ rule }) => rule.startsWith('R123') || rule.startsWith('R124') || rule.startsWith('R159'),
  );
  const capacity = told.checks.some(({ subject }) => subject === 'resources' || subject === 'node_needs');
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
      tasks_completed: endedToday.filter(({ status }) => status === 'succeeded').length,
      tokens_used: tokensUsed,
      incidents: endedToday.filter(({ playbook }) => INCIDENTS.includes(playbook)).length,
    },
    capacity_status: capacity ? (isTight ? 'tight' : 'adequate') : 'unknown',
    issues: issues.slice(0, ISSUES_MAX),
    issues_total: issues.length,
    failed_steps: told.failed,
    notes: told.failed.length === 0 ? `${told.title}: done` : `${told.title}: ${told.failed.length} steps failed`,
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
  const { overall_status: told, ...rest } = head(input);
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
