import { expect, it } from 'vitest';
import type { Told } from '../../src/decisions/step-handoffs/told.ts';
import { findingsReport, statusReport } from '../../src/decisions/step-reports.ts';

const told = (change: Partial<Told> = {}): Told => ({
  title: 'Cluster health check',
  operationId: 'op-1',
  simulated: true,
  now: Date.parse('2026-11-22T10:00:00Z'),
  task: { playbook: 'daily_health_check' },
  clusters: ['production', 'staging'],
  issues: [],
  checks: [
    {
      step: 'a',
      cluster: 'production',
      subject: 'nodes',
      summary: '',
      figures: { nodes: { total: 12, ready: 12, not_ready: 0 } },
    },
    {
      step: 'b',
      cluster: 'production',
      subject: 'pods',
      summary: '',
      figures: { pods: { total: 245, ready: 243, pending: 2, failed: 0 } },
    },
    {
      step: 'c',
      cluster: 'production',
      subject: 'resources',
      summary: '',
      figures: { percent: { cpu_used: 68.2, memory_used: 72 } },
    },
  ],
  failed: [],
  diagnosis: undefined,
  handedBack: undefined,
  reports: [],
  divisions: [],
  ...change,
});

const input = (of: Told) => ({
  told: of,
  reportType: 'daily_status',
  contractors: [{ name: 'talos', done: 18, failed: 0 }],
  endedToday: [],
  tokensUsed: 11_200,
});

it('R275, R276, R277: a daily status has every field of the seed’s format; what was not looked at is unknown', () => {
  expect(statusReport(input(told()))).toMatchObject({
    division: 'containers',
    report_type: 'daily_status',
    date: '2026-11-22',
    overall_status: 'unknown',
    clusters: [
      {
        name: 'production',
        status: 'healthy',
        nodes: { total: 12, ready: 12, not_ready: 0 },
        pods: { total: 245, pending: 2 },
        resource_usage: { cpu: '68%', memory: '72%' },
      },
      { name: 'staging', status: 'unknown', nodes: { total: null }, resource_usage: { cpu: 'n/a' } },
    ],
    contractors: [{ name: 'talos', status: 'healthy', tasks_completed: 18 }],
    metrics: { cluster_uptime: null, tasks_completed: 0, tokens_used: 11_200, incidents: 0 },
    capacity_status: 'adequate',
    issues: [],
    notes: expect.any(String),
  });
});

it('a step that failed keeps a report from calling the division healthy', () => {
  const failed = [{ step: 'x', reason: 'y' }];
  expect(findingsReport(input(told({ clusters: [], failed })))).toMatchObject({ overall_status: 'unknown' });
});

it('R283: each contractor stands in it with its status and what it has done', () => {
  const contractors = [
    { name: 'talos', done: 18, failed: 0 },
    { name: 'talos-a2a', done: 5, failed: 1 },
  ];
  expect(statusReport({ ...input(told()), contractors }).contractors).toEqual([
    { name: 'talos', status: 'healthy', tasks_completed: 18 },
    { name: 'talos-a2a', status: 'degraded', tasks_completed: 5 },
  ]);
});
