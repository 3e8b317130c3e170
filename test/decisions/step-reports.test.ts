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
    metrics: { cluster_uptime: null, tasks_completed: 18, tokens_used: 11_200, incidents: 0 },
    capacity_status: 'unknown',
    issues: [{ severity: 'unknown', cluster: 'staging' }],
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

it('R284: the tasks that are told are those of all contractors', () => {
  const contractors = [
    { name: 'talos', done: 18, failed: 0 },
    { name: 'talos-a2a', done: 5, failed: 0 },
  ];
  expect(statusReport({ ...input(told()), contractors }).metrics).toMatchObject({ tasks_completed: 23 });
});

const ofProduction = (cpu: number, rule?: string): Told => {
  const issues = rule
    ? [{ severity: 'warning' as const, cluster: 'production', rule, subject: 'CPU', message: '' }]
    : [];
  const figures = { percent: { cpu_requested: cpu } };
  const checks = [{ step: 'c', cluster: 'production', subject: 'resources', summary: '', figures }];
  return told({ clusters: ['production'], checks, issues });
};

const quotas = {
  step: 'c',
  cluster: 'production',
  subject: 'quotas',
  summary: '',
  figures: { percent: { shop: 100 } },
};

it.each<[string, string, Told]>([
  ['adequate', 'under its thresholds', ofProduction(68)],
  ['constrained', 'over a threshold', ofProduction(81, 'R123: CPU over its threshold')],
  ['constrained', 'short of nodes', ofProduction(70, 'R159: node scaling requirements')],
  ['critical', 'asked for all it has', ofProduction(100, 'R123: CPU over its threshold')],
  ['unknown', 'not measured', told({ clusters: ['production'], checks: [] })],
  ['unknown', 'looked at for something else', told({ clusters: ['production'], checks: [quotas] })],
  ['unknown', 'measured beside one that is not', told({ clusters: ['production', 'staging'] })],
])('R285: capacity is %s where a cluster is %s', (status, _, of) => {
  expect(statusReport(input(of))).toMatchObject({ capacity_status: status });
});

it.each<[string, Told]>([
  ['a cluster that is well', ofProduction(68)],
  ['one with a warning', ofProduction(81, 'R123: CPU over its threshold')],
  ['one that was not looked at', told()],
  ['a step that failed', told({ clusters: ['production'], failed: [{ step: 'x', reason: 'y' }] })],
])('R286: %s: issues are there exactly where the division is not healthy', (_, of) => {
  for (const report of [statusReport(input(of)), findingsReport(input(of))]) {
    expect(Array.isArray(report.issues) && report.issues.length > 0).toBe(report.overall_status !== 'healthy');
  }
});
