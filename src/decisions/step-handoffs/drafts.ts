/** Who is told what by a step of a procedure (seed lines 160-171, 328-400, 489-545; ledger R109, R136, R143, R153, R160). */
import { HandoffPriority } from '../../model/handoff.ts';
import type { StepHandoff } from '../../model/step.ts';
import { at, isObject, objectsAt } from '../manifest/json.ts';
import { handedBack } from './handed-back.ts';
import {
  causesOf,
  common,
  fingerprintOf,
  iso,
  overallOf,
  ownerOf,
  priorityOf,
  type StepDraft,
  type Told,
  worthTelling,
} from './told.ts';

const DAY_MS = 24 * 3_600_000;
const ISSUES_MAX = 30;
/** A worker of the seed's own request (seed 338-345), where nobody says another size. */
const WORKER = { cpu: 8, memory: 32, disk: 500 };

type Writer = (told: Told) => StepDraft[];

const issueLines = (told: Told) =>
  worthTelling(told)
    .slice(0, ISSUES_MAX)
    .map(({ severity, cluster, subject, message, rule }) => ({ severity, cluster, subject, message, rule }));

const inClusters = ({ clusters }: Told): string => (clusters.length === 0 ? 'the division' : clusters.join(', '));

/** A healthy look tells nobody (ledger R109). */
const issuesToCoo: Writer = told => {
  const fingerprint = fingerprintOf(told);
  if (fingerprint === undefined) return [];
  const issues = worthTelling(told);
  const worst = issues[0]?.message ?? told.failed[0]?.reason ?? '';
  const more = issues.length + told.failed.length - 1;
  return [
    {
      to: 'coo',
      handoffType: 'alert',
      priority: priorityOf(told),
      context: {
        summary: `${told.title}, ${inClusters(told)}: ${overallOf(told)}; ${worst}${more > 0 ? ` (and ${more} more)` : ''}`,
        overall_status: overallOf(told),
        issues: issueLines(told),
        issues_total: issues.length,
        failed_steps: told.failed.slice(0, ISSUES_MAX),
        fingerprint,
        ...common(told),
      },
    },
  ];
};

const subjectOf = ({ task }: Told): string => {
  if (task.playbook === 'workload_failure') return `workload ${task.namespace}/${task.workload} in ${task.cluster}`;
  if ('node' in task) return `node ${task.node} in ${task.cluster}`;
  return 'cluster' in task
    ? `cluster ${task.cluster}`
    : `clusters ${(task.playbook !== 'create_cluster' && 'clusters' in task ? task.clusters : undefined)?.join(', ') ?? 'of the division'}`;
};

const incident = (told: Told, to: string): StepDraft => ({
  to,
  handoffType: 'incident_notification',
  priority: told.task.playbook === 'cluster_failure' ? 'critical' : 'high',
  context: {
    summary: `${told.title}: ${subjectOf(told)}`,
    likely_causes: causesOf(told),
    issues: issueLines(told),
    failed_steps: told.failed.slice(0, ISSUES_MAX),
    ...common(told),
  },
});

const completion = (told: Told): Record<string, unknown> => ({
  summary: `${told.title}, ${subjectOf(told)}: ${told.failed.length === 0 ? 'done' : `failed: ${told.failed[0]?.reason ?? ''}`}`,
  results: told.checks.slice(0, ISSUES_MAX).map(({ step, summary }) => ({ step, summary })),
  ...common(told),
});

/** The requests that a forecast made ready (capacity/resource-request.ts). */
const forecastRequests = (told: Told): StepDraft[] =>
  told.checks.flatMap(({ figures }) =>
    objectsAt(figures, 'infrastructure_requests').flatMap(({ priority, context }) => {
      const parsed = HandoffPriority.safeParse(priority);
      return parsed.success && isObject(context)
        ? [
            {
              to: 'infrastructure',
              handoffType: 'resource_request',
              priority: parsed.data,
              context: { ...context, ...common(told), cluster: context.cluster },
            },
          ]
        : [];
    }),
  );

/** Machines that a task asks for, or that a forecast says are needed, or (where there is none) that are missing now. */
function machinesFromInfrastructure(told: Told): StepDraft[] {
  const { task } = told;
  const forecast = new Set(
    told.checks.flatMap(({ cluster, figures }) =>
      Array.isArray(at(figures, 'infrastructure_requests')) ? cluster : [],
    ),
  );
  const given = task.playbook === 'scale_cluster' ? task.specification : undefined;
  const wanted =
    task.playbook === 'scale_cluster'
      ? [{ cluster: task.cluster, count: task.addresses ? 0 : task.count }]
      : task.playbook === 'create_cluster'
        ? [{ cluster: task.name, count: task.addresses ? 0 : task.control_planes + task.workers }]
        : task.playbook === 'node_failure'
          ? [{ cluster: task.cluster, count: ownerOf(told) === 'infrastructure' ? 1 : 0 }]
          : told.checks.flatMap(({ cluster, figures }) => {
              const missing = at(figures, 'missing');
              return typeof missing === 'number' && !forecast.has(cluster) ? [{ cluster, count: missing }] : [];
            });
  const others = wanted
    .filter(({ count }) => count > 0)
    .map(
      ({ cluster, count }): StepDraft => ({
        to: 'infrastructure',
        handoffType: 'resource_request',
        priority: task.playbook === 'capacity_planning' ? 'medium' : 'high',
        context: {
          summary: `Need ${count} machines for nodes of ${cluster}`,
          specifications: {
            count,
            cpu: given?.cpu ?? WORKER.cpu,
            memory: given?.memory ?? WORKER.memory,
            disk: given?.disk ?? WORKER.disk,
            network: given?.network ?? `the network of ${cluster}`,
          },
          purpose: task.playbook === 'create_cluster' ? `Create cluster ${cluster}` : `Scale cluster ${cluster}`,
          deadline: iso(told.now + 7 * DAY_MS),
          ...common(told),
          cluster,
        },
      }),
    );
  return [...forecastRequests(told), ...others];
}

/** One for each division that is concerned; nobody known: the COO coordinates (ledger R153). */
function windowsToDivisions(told: Told): StepDraft[] {
  const proposals = told.checks.flatMap(({ figures }) => {
    const proposal = at(figures, 'proposal');
    return isObject(proposal) ? [proposal] : [];
  });
  if (proposals.length === 0) return [];
  const to = told.divisions.length > 0 ? told.divisions : ['coo'];
  return to.map(division => ({
    to: division,
    handoffType: 'coordination',
    priority: 'medium',
    context: {
      summary: `Kubernetes upgrades are planned: ${proposals.map(({ cluster, to_minor }) => `${String(cluster)} to ${String(to_minor)}`).join(', ')}`,
      proposals,
      asked: 'say when a window does not suit',
      ...common(told),
    },
  }));
}

const writers: Record<StepHandoff, Writer> = {
  issues_to_coo: issuesToCoo,
  incident_to_coo_and_owners: told => [...new Set(['coo', ...told.divisions])].map(to => incident(told, to)),
  incident_to_infrastructure: told =>
    ['infrastructure', undefined].includes(ownerOf(told)) ? [incident(told, 'infrastructure')] : [],
  owner_of_workload: told => (told.divisions.length > 0 ? told.divisions : ['coo']).map(to => incident(told, to)),
  development_of_code_fault: told => [
    ...handedBack(told),
    ...(['development', undefined].includes(ownerOf(told)) ? [incident(told, 'development')] : []),
  ],
  review_to_prime: told => [
    {
      to: 'cortex-prime',
      handoffType: 'insight_report',
      priority: 'high',
      context: {
        ...completion(told),
        likely_causes: causesOf(told),
        failed_steps: told.failed.slice(0, ISSUES_MAX),
        reports: told.reports,
      },
    },
  ],
  machines_from_infrastructure: machinesFromInfrastructure,
  windows_to_divisions: windowsToDivisions,
  inventory_of_certificates: told => [
    {
      to: 'inventory',
      handoffType: 'status_update',
      priority: 'low',
      context: {
        summary: `certificates of ${inClusters(told)}: names and dates are in ${told.reports.at(-1) ?? 'the knowledge base'}`,
        clusters_summary: told.checks
          .filter(({ subject }) => subject === 'certificates')
          .map(({ cluster, summary }) => ({ cluster, summary })),
        reports: told.reports,
        ...common(told),
      },
    },
  ],
  notice_to_cicd: told => [{ to: 'cicd', handoffType: 'coordination', priority: 'low', context: completion(told) }],
  /** To whom is filled in by who knows the handoff that asked. */
  completion_to_sender: told => [
    { to: 'coo', handoffType: 'task_completion', priority: 'medium', context: completion(told) },
  ],
  report_to_coo: told => [
    {
      to: 'coo',
      handoffType: 'status_update',
      priority: 'low',
      context: {
        summary: `${told.title}, ${inClusters(told)}: ${told.checks.map(({ summary }) => summary).join('; ')}`.slice(
          0,
          1500,
        ),
        overall_status: overallOf(told),
        reports: told.reports,
        ...common(told),
      },
    },
  ],
  monitoring_of_new_cluster: told => [
    {
      to: 'monitoring',
      handoffType: 'coordination',
      priority: 'medium',
      context: { ...completion(told), asked: 'configure the monitoring of the new cluster' },
    },
  ],
};

/** What a step tells, and whom; nothing where there is nothing to tell. */
export const draftsOf = (handoff: StepHandoff, told: Told): StepDraft[] => writers[handoff](told);
