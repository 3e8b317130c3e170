import { describe, expect, it } from 'vitest';
import {
  checkBudgetEfficiency,
  checkDeployments,
  checkUptime,
  periodOf,
} from '../../../src/decisions/checks/review.ts';
import type { BudgetDay } from '../../../src/model/budget.ts';
import { Operation } from '../../../src/model/operation.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const october = periodOf(undefined, NOW);

const operation = (playbook: string, change: Partial<Operation> = {}): Operation =>
  Operation.parse({
    record_version: 1,
    sequence: 1,
    operation_id: `op-${playbook}`,
    plan_hash: 'a',
    playbook,
    simulated: true,
    clusters: ['staging'],
    status: 'succeeded',
    phase: 'look',
    progress: { done: 1, total: 1 },
    nodes: [],
    nodes_by_state: {},
    active: [],
    requested_by: 'operator',
    snapshots: [],
    started_at: '2026-10-10T10:00:00Z',
    updated_at: '2026-10-10T10:10:00Z',
    finished_at: '2026-10-10T10:10:00Z',
    poll_after_seconds: 60,
    metrics: {
      minutes: 10,
      minutes_lower_bound: 0,
      ratio_to_bound: 0,
      evictions: 0,
      evictions_refused: 0,
      pdb_violations: 0,
      control_plane_overlaps: 0,
      contractor_calls: 0,
      tokens_estimated: 300,
    },
    result_summary: '',
    ...change,
  });

const step = (id: string, figures: Record<string, unknown>) => ({
  id: `staging/${id}`,
  state: 'done' as const,
  intents: 0,
  outcomes: 0,
  result: { figures },
});

const check = (serving: number, ready: number, podsReady: number) =>
  operation('daily_health_check', {
    steps: [
      step('control_plane', { api_servers: { total: 3, serving } }),
      step('nodes', { nodes: { total: 4, ready } }),
      step('pods', { pods: { total: 100, ready: podsReady } }),
    ],
  });

describe('the month', () => {
  it('is the last whole one, or the one that is asked for', () => {
    expect(october).toMatchObject({ name: '2026-10', from: Date.parse('2026-10-01'), to: Date.parse('2026-11-01') });
    expect(periodOf(undefined, Date.parse('2027-01-05')).name).toBe('2026-12');
    expect(periodOf('2026-02', NOW).name).toBe('2026-02');
  });
});

describe('what the health checks of a month saw', () => {
  it('R144, R145, R146: uptime, node availability and pod success with target, and whether it was met', () => {
    const { figures } = checkUptime([check(3, 4, 99), check(0, 4, 98)], october);
    expect(figures.cluster_uptime).toMatchObject({ value: 50, target: '>= 99.9', met: false, samples: 2 });
    expect(figures.node_availability).toMatchObject({ value: 100, target: '>= 99.5', met: true });
    expect(figures.pod_success_rate).toMatchObject({ value: 98.5, target: '> 98', met: true });
  });

  it('R144: without a check there is no figure, and no verdict', () => {
    const other = { ...check(3, 4, 99), finished_at: '2026-11-10T10:00:00Z' };
    const { figures } = checkUptime([other], october);
    expect(figures.cluster_uptime).toMatchObject({ value: null, met: null, samples: 0 });
  });
});

describe('deployments and tokens', () => {
  const deployments = ['succeeded', 'succeeded', 'failed', 'cancelled'] as const;
  const operations = deployments.map(status => operation('deploy_application', { status }));

  it('R147: those that ended in the month, a cancelled one is none', () => {
    const { figures, issues } = checkDeployments(operations, october);
    expect(figures).toMatchObject({ deployments: 3, succeeded: 2, deployment_success: { value: 66.7, met: false } });
    expect(issues).toHaveLength(1);
  });

  it('R148: tokens of the month, a deployment’s cost, use and emergency reserve of the day', () => {
    const today = {
      used_tokens: 12_000,
      daily_tokens: 15_000,
      categories: { emergency_reserve: { used_tokens: 600 } },
    } as BudgetDay;
    const { figures, issues } = checkBudgetEfficiency(operations, october, today);
    expect(figures).toMatchObject({
      tokens_of_operations: 1200,
      cost_per_deployment_tokens: 300,
      utilization_today_percent: 80,
      emergency_reserve_today_percent: 5,
    });
    expect(issues).toHaveLength(1);
  });
});
