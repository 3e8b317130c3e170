import type { BudgetDay } from '../../model/budget.ts';
import type { Operation } from '../../model/operation.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, percentOf } from './check.ts';

/** A month, as the instants it lies between. */
export interface Period {
  name: string;
  from: number;
  to: number;
}

/** The month of `month` (YYYY-MM), in UTC; absent: the month that was last whole before `now`. */
export function periodOf(month: string | undefined, now: number): Period {
  const today = new Date(now);
  const [year, ordinal] = month?.split('-').map(Number) ?? [today.getUTCFullYear(), today.getUTCMonth()];
  const from = Date.UTC(year ?? 0, (ordinal ?? 1) - 1, 1);
  const to = Date.UTC(year ?? 0, ordinal ?? 1, 1);
  return { name: new Date(from).toISOString().slice(0, 7), from, to };
}

const isWithin = ({ from, to }: Period, at: string | undefined): boolean => {
  const time = Date.parse(at ?? '');
  return time >= from && time < to;
};

const endedIn = (operations: readonly Operation[], period: Period): Operation[] =>
  operations.filter(({ finished_at }) => isWithin(period, finished_at));

const mean = (values: readonly number[]): number | undefined =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;

/** A number out of a step's result, as health checks leave it. */
function figure(result: Record<string, unknown> | undefined, ...path: readonly string[]): number | undefined {
  let found: unknown = result?.figures;
  for (const key of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return typeof found === 'number' ? found : undefined;
}

type Metric = { value: number | null; target: string; met: boolean | null; samples: number; method: string };

const metric = (
  value: number | undefined,
  target: number,
  samples: number,
  method: string,
  isStrict = false,
): Metric => ({
  value: value === undefined ? null : Math.round(value * 100) / 100,
  target: `${isStrict ? '>' : '>='} ${target}`,
  met: value === undefined ? null : isStrict ? value > target : value >= target,
  samples,
  method,
});

/**
 * Uptime, node availability and pod success of a month, out of what the month's health checks saw (ledger R144, R145, R146): samples,
 * not a measurement between them, and said so. Without a check there is no figure.
 */
export function checkUptime(operations: readonly Operation[], period: Period): Check {
  const checks = endedIn(operations, period).filter(({ playbook }) => playbook === 'daily_health_check');
  const results = (ending: string): Record<string, unknown>[] =>
    checks
      .flatMap(({ steps = [] }) => steps.filter(({ id }) => id.endsWith(ending)))
      .flatMap(({ result }) => (result ? [result] : []));
  const planes = results('/control_plane');
  const up = planes.map(result => ((figure(result, 'api_servers', 'serving') ?? 0) > 0 ? 100 : 0));
  const shares = (found: readonly Record<string, unknown>[], part: readonly string[], whole: readonly string[]) =>
    found.flatMap(result => percentOf(figure(result, ...part) ?? 0, figure(result, ...whole) ?? 0) ?? []);
  const nodes = shares(results('/nodes'), ['nodes', 'ready'], ['nodes', 'total']);
  const pods = shares(results('/pods'), ['pods', 'ready'], ['pods', 'total']);
  const method = `what ${checks.length} health checks of the month saw`;
  const metrics = {
    cluster_uptime: metric(mean(up), 99.9, up.length, method),
    node_availability: metric(mean(nodes), 99.5, nodes.length, method),
    pod_success_rate: metric(mean(pods), 98, pods.length, method, true),
  };
  const missed = Object.entries(metrics).filter(([, { met }]) => met === false);
  const issues: CheckIssue[] = missed.map(([name, { value, target }]) =>
    issueOf('warning', 'seed 248-250: targets', name, `${name} was ${value}%, target ${target}%`),
  );
  if (checks.length === 0)
    issues.push(
      issueOf('info', 'R144: no data', 'uptime', `no health check ended in ${period.name}: there is no data`),
    );
  const { value } = metrics.cluster_uptime;
  return {
    issues,
    headline: headlineOf(`uptime ${value === null ? 'no data' : `${value}%`} in ${period.name}`, issues),
    figures: { period: period.name, ...metrics },
  };
}

/** How often the division deployed in the month, and how often that went well (ledger R147). */
export function checkDeployments(operations: readonly Operation[], period: Period): Check {
  const deployments = endedIn(operations, period).filter(
    ({ playbook, status }) => playbook === 'deploy_application' && status !== 'cancelled',
  );
  const succeeded = deployments.filter(({ status }) => status === 'succeeded').length;
  const success = metric(percentOf(succeeded, deployments.length), 95, deployments.length, 'ended deployments', true);
  const issues =
    success.met === false
      ? [
          issueOf(
            'warning',
            'seed 467: deployment success',
            'deployments',
            `${succeeded} of ${deployments.length} deployments succeeded`,
          ),
        ]
      : [];
  return {
    issues,
    headline: headlineOf(`${deployments.length} deployments`, issues),
    figures: { period: period.name, deployments: deployments.length, succeeded, deployment_success: success },
  };
}

/** What the division's tokens were spent on (ledger R148): today's ledger, and the month's operations. */
export function checkBudgetEfficiency(operations: readonly Operation[], period: Period, today: BudgetDay): Check {
  const ended = endedIn(operations, period);
  const tokensOf = (some: readonly Operation[]): number =>
    some.reduce((sum, { metrics }) => sum + metrics.tokens_estimated, 0);
  const deployments = ended.filter(({ playbook }) => playbook === 'deploy_application');
  const utilization = percentOf(today.used_tokens, today.daily_tokens);
  const reserve = percentOf(today.categories.emergency_reserve.used_tokens, today.used_tokens);
  const issues =
    reserve !== undefined && reserve >= 5
      ? [
          issueOf(
            'warning',
            'seed 479: emergency reserve',
            'budget',
            `${reserve}% of today's tokens are of the emergency reserve`,
          ),
        ]
      : [];
  return {
    issues,
    headline: headlineOf(`${tokensOf(ended)} tokens in ${period.name}`, issues),
    figures: {
      period: period.name,
      tokens_of_operations: tokensOf(ended),
      operations: ended.length,
      cost_per_deployment_tokens:
        deployments.length > 0 ? Math.round(tokensOf(deployments) / deployments.length) : null,
      utilization_today_percent: utilization ?? null,
      utilization_target: '70-85',
      emergency_reserve_today_percent: reserve ?? null,
    },
  };
}
