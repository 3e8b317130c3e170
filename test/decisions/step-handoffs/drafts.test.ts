import { describe, expect, it } from 'vitest';
import { draftOf } from '../../../src/decisions/handoff-draft.ts';
import { concernedDivisions } from '../../../src/decisions/step-handoffs/concerned.ts';
import { draftsOf } from '../../../src/decisions/step-handoffs/drafts.ts';
import { fingerprintOf, issuesIn, type PlacedIssue, type Told } from '../../../src/decisions/step-handoffs/told.ts';
import { StepHandoff } from '../../../src/model/step.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

const issue = (change: Partial<PlacedIssue> = {}): PlacedIssue => ({
  severity: 'warning',
  rule: 'R106: pods',
  cluster: 'staging',
  subject: 'shop/web',
  message: 'shop/web is Pending: Unschedulable',
  ...change,
});

const told = (change: Partial<Told> = {}): Told => ({
  title: 'Cluster health check',
  operationId: 'op-1',
  simulated: true,
  now: NOW,
  task: { playbook: 'daily_health_check' },
  clusters: ['staging'],
  issues: [],
  checks: [],
  failed: [],
  diagnosis: undefined,
  handedBack: undefined,
  reports: [],
  divisions: [],
  ...change,
});

describe('issues to the COO', () => {
  it('R109: healthy, or with notes only, tells nobody', () => {
    expect(draftsOf('issues_to_coo', told())).toEqual([]);
    expect(draftsOf('issues_to_coo', told({ issues: [issue({ severity: 'info' })] }))).toEqual([]);
  });

  it.each([
    ['warning', 'medium'],
    ['unknown', 'high'],
    ['critical', 'critical'],
  ] as const)('R109: a finding of severity %s is told with priority %s', (severity, priority) => {
    const [draft] = draftsOf('issues_to_coo', told({ issues: [issue({ severity })] }));
    expect(draft).toMatchObject({ to: 'coo', handoffType: 'alert', priority });
  });

  it('a step that failed is told too', () => {
    const failed = [{ step: 'staging/verify_snapshot', reason: 'there is none' }];
    expect(draftsOf('issues_to_coo', told({ failed }))).toHaveLength(1);
  });

  it('R109: the fingerprint is of what stands, not of its figures or order', () => {
    const one = told({ issues: [issue(), issue({ subject: 'shop/db' })] });
    const same = told({ issues: [issue({ subject: 'shop/db', message: 'later' }), issue({ message: 'for longer' })] });
    expect(fingerprintOf(one)).toBe(fingerprintOf(same));
    expect(fingerprintOf(told({ issues: [issue()] }))).not.toBe(fingerprintOf(one));
    expect(fingerprintOf(told({ issues: [issue({ severity: 'critical' })] }))).not.toBe(
      fingerprintOf(told({ issues: [issue()] })),
    );
    expect(fingerprintOf(told())).toBeUndefined();
  });
});

describe('what is asked of Infrastructure', () => {
  it('R160: what a forecast made ready is asked for as it is, and nothing beside it', () => {
    const context = { summary: 'Need 2 machines', specifications: { count: 2, cpu: 4 }, cluster: 'production' };
    const figures = { infrastructure_requests: [{ to: 'infrastructure', priority: 'medium', context }] };
    const checks = [
      { step: 'production/growth', cluster: 'production', subject: 'growth', summary: '', figures },
      {
        step: 'production/node_needs',
        cluster: 'production',
        subject: 'node_needs',
        summary: '',
        figures: { missing: 1 },
      },
    ];
    expect(
      draftsOf('machines_from_infrastructure', told({ task: { playbook: 'capacity_planning' }, checks })),
    ).toMatchObject([{ to: 'infrastructure', handoffType: 'resource_request', priority: 'medium', context }]);
  });

  it('R160: one request a cluster that lacks workers, none where none is missing', () => {
    const need = (cluster: string, missing: number) => ({
      step: `${cluster}/node_needs`,
      cluster,
      subject: 'node_needs',
      summary: '',
      figures: { missing },
    });
    const drafts = draftsOf(
      'machines_from_infrastructure',
      told({ task: { playbook: 'capacity_planning' }, checks: [need('staging', 0), need('production', 2)] }),
    );
    expect(drafts).toEqual([
      expect.objectContaining({
        to: 'infrastructure',
        handoffType: 'resource_request',
        context: expect.objectContaining({
          cluster: 'production',
          specifications: expect.objectContaining({ count: 2 }),
        }),
      }),
    ]);
  });

  it('R56, R181, R185: nodes are asked for as machines, so many and for what; a task that brings its machines asks for none', () => {
    const task = { playbook: 'scale_cluster', cluster: 'staging', count: 1, role: 'worker' } as const;
    const [draft, ...others] = draftsOf('machines_from_infrastructure', told({ task: { ...task, count: 3 } }));
    expect(others).toEqual([]);
    expect(draft).toMatchObject({
      to: 'infrastructure',
      handoffType: 'resource_request',
      context: { summary: 'Need 3 machines for nodes of staging', specifications: { count: 3 } },
    });
    const given = { ...task, addresses: ['10.0.0.9'] };
    expect(draftsOf('machines_from_infrastructure', told({ task: given }))).toEqual([]);
  });
});

describe('windows', () => {
  const checks = [
    {
      step: 's',
      cluster: 'staging',
      subject: 'upgrade_schedule',
      summary: '',
      figures: { proposal: { cluster: 'staging', to_minor: '1.36' } },
    },
  ];

  it('R153: one handoff for each division concerned; nobody known, the COO', () => {
    const to = (divisions: readonly string[]) =>
      draftsOf('windows_to_divisions', told({ checks, divisions })).map(draft => draft.to);
    expect(to(['monitoring', 'workflows'])).toEqual(['monitoring', 'workflows']);
    expect(to([])).toEqual(['coo']);
    expect(draftsOf('windows_to_divisions', told({ divisions: ['monitoring'] }))).toEqual([]);
  });

  it('R153, R195: whose a namespace is, by its label or by its words', () => {
    const namespaces = [
      { name: 'n8n-production', labels: {} },
      { name: 'shop', labels: { division: 'Monitoring' } },
      { name: 'kube-system', labels: {} },
      { name: 'containers-tools', labels: {} },
    ];
    expect(concernedDivisions(namespaces)).toEqual(['monitoring', 'workflows']);
  });
});

describe('the one at fault', () => {
  it('R242, R257: is told when the diagnosis names it, or names nobody; not when it names another', () => {
    const task = { playbook: 'workload_failure', cluster: 'staging', namespace: 'shop', workload: 'web' } as const;
    const to = (handoff: StepHandoff) =>
      [undefined, 'development', 'infrastructure'].map(
        owner => draftsOf(handoff, told({ task, diagnosis: owner === undefined ? {} : { owner } })).length,
      );
    expect(to('development_of_code_fault')).toEqual([1, 1, 0]);
    expect(to('incident_to_infrastructure')).toEqual([1, 0, 1]);
  });
});

it('every draft is one that can be sent', () => {
  const everything = told({
    task: { playbook: 'scale_cluster', cluster: 'staging', count: 3, role: 'worker' },
    issues: [issue()],
    divisions: ['monitoring'],
    reports: ['reports/x/y.json'],
  });
  for (const handoff of StepHandoff.options) {
    for (const { to, handoffType, priority, context } of draftsOf(handoff, everything)) {
      expect(draftOf({ to, handoffType, priority, context, taskId: 'a-task' }, NOW), handoff).not.toBeInstanceOf(Array);
    }
  }
});

it('issues of a kept result that are not ours are left out', () => {
  const result = { issues: [issue(), { severity: 'fatal', message: 'x' }, 'text'] };
  expect(issuesIn(result, 'staging')).toHaveLength(1);
  expect(issuesIn(undefined, 'staging')).toEqual([]);
});
