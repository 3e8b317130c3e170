/** What the seed says of its procedures, against the plans that are made of them. */
import { describe, expect, it } from 'vitest';
import { effectsOfSteps, stepRights } from '../../src/decisions/authority/step-rights.ts';
import { planAuthority } from '../../src/decisions/authority.ts';
import { dueNow } from '../../src/decisions/due.ts';
import { minutesOf } from '../../src/decisions/procedure-outline.ts';
import type { PlannedStep, StepKind } from '../../src/model/step.ts';
import type { KeptTask, PlaybookName } from '../../src/model/task.ts';
import { expand, type World } from '../../src/playbooks/expand.ts';
import { playbookOf, playbooks } from '../../src/playbooks/index.ts';
import { planOf } from '../decisions/procedures.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-22T10:00:00Z');
const node = 'production-worker-1';
const cluster = 'production';

const worldOf = (workers: number): World => ({
  clusters: [
    {
      name: cluster,
      controlPlaneNodes: [1, 2, 3].map(index => `${cluster}-cp-${index}`),
      workers: Array.from({ length: workers }, (_, index) => `${cluster}-worker-${index + 1}`),
      contractor: 'talos',
      offered: [],
    },
  ],
});

const applications = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: 'web',
    namespace: `space-${index}`,
    manifest_sha256: 'a'.repeat(64),
  }));

const tasks = {
  cluster_failure: { playbook: 'cluster_failure', clusters: [cluster] },
  node_failure: { playbook: 'node_failure', cluster, node },
  workload_failure: { playbook: 'workload_failure', cluster, namespace: 'shop', workload: 'web' },
  capacity_planning: { playbook: 'capacity_planning' },
  node_management: { playbook: 'node_management' },
  workload_monitoring: { playbook: 'workload_monitoring' },
  deploy_application: { playbook: 'deploy_application', cluster, applications: applications(1) },
  kubernetes_upgrade: { playbook: 'kubernetes_upgrade', clusters: [cluster], to_version: 'v1.29.0' },
  scale_cluster: { playbook: 'scale_cluster', cluster, count: 3, role: 'worker' },
} satisfies Partial<Record<PlaybookName, KeptTask>>;

function stepsOf(task: KeptTask, workers = 3): PlannedStep[] {
  const playbook = playbookOf(task.playbook);
  if (!playbook) throw new Error(`there is no playbook ${task.playbook}`);
  return expand(playbook, task, worldOf(workers));
}

const lastPart = ({ id }: PlannedStep): string => id.split('/').at(-1) ?? '';

/** It waits for the other, directly or by what it waits for. */
function waitsFor(steps: readonly PlannedStep[], step: PlannedStep, other: PlannedStep): boolean {
  return step.depends_on.some(
    id => id === other.id || steps.some(each => each.id === id && waitsFor(steps, each, other)),
  );
}

describe('the seed’s steps', () => {
  it.each<[string, keyof typeof tasks, string[]]>([
    ['R238, R239, R240: a cluster that failed', 'cluster_failure', ['assess', 'notify', 'activate', 'triage']],
    ['R248: its end', 'cluster_failure', ['recover', 'rejoin', 'verify', 'incident', 'review']],
    ['R261: a workload that failed', 'workload_failure', ['identify', 'notify', 'investigate', 'mitigate']],
    ['R156: a forecast', 'capacity_planning', ['resources', 'sample', 'growth', 'forecast', 'tell']],
    ['R173: a deployment', 'deploy_application', ['validate', 'capacity', 'apply', 'rollout', 'endpoints', 'notice']],
    ['R333: an upgrade of Kubernetes', 'kubernetes_upgrade', ['window', 'snapshot', 'upgrade_control_plane', 'smoke']],
  ])('%s: each waits for the one before it', (_what, name, expected) => {
    const steps = stepsOf(tasks[name]);
    const found = expected.map(id => steps.find(step => lastPart(step) === id));
    for (const [index, step] of found.entries()) {
      const before = found[index - 1];
      if (!step || (index > 0 && !before)) throw new Error(`${name} has no step ${expected[index]}`);
      if (before) expect([step.id, waitsFor(steps, step, before)]).toEqual([step.id, true]);
    }
  });

  it('R248: Prime is told of a failed cluster however it ended', () => {
    const told = stepsOf(tasks.cluster_failure).filter(step => ['incident', 'review'].includes(lastPart(step)));
    expect(told.map(({ in_any_case }) => in_any_case)).toEqual([true, true]);
  });

  it('R243: what destroys data is no part of the plan for a failed cluster: it is a plan of its own, of Cortex Prime', () => {
    const effects = effectsOfSteps(stepsOf(tasks.cluster_failure));
    for (const kind of ['reset', 'recover_etcd', 'bootstrap'] as const) expect(effects).not.toContain(kind);
    const restore = stepsOf({ playbook: 'recover_etcd', cluster });
    expect(effectsOfSteps(restore)).toContain('recover_etcd');
    const { requested } = planOf(restore);
    expect(planAuthority({ requested, clusters: [], steps: restore }).level).toBe('cortex-prime');
  });

  it('R111: what watches nodes and workloads changes nothing', () => {
    for (const name of ['node_management', 'workload_monitoring'] as const)
      expect(effectsOfSteps(stepsOf(tasks[name]))).toEqual([]);
  });

  it('R329: an upgrade of Kubernetes is the COO’s decision, whatever its plan is called', () => {
    const steps = stepsOf(tasks.kubernetes_upgrade);
    const { requested } = planOf(steps);
    expect(planAuthority({ requested, clusters: [], steps })).toMatchObject({ level: 'coo' });
  });
});

describe('the seed’s fields of work', () => {
  const kinds = new Set(
    playbooks.flatMap(({ phases }) =>
      phases.flatMap(phase => (phase.mode === 'steps' ? phase.steps.map(({ action }) => action.does) : [])),
    ),
  );

  it.each<[string, readonly StepKind[]]>([
    ['R10: orchestration', ['apply_manifests', 'await_rollout', 'mitigate', 'roll_back']],
    [
      'R12: the life of a node',
      ['bootstrap_cluster', 'await_join', 'cordon', 'drain', 'upgrade_kubelet', 'uncordon', 'delete_node'],
    ],
  ])('%s: each has a step of a procedure', (_what, wanted) => {
    const undone = playbooks.flatMap(({ phases }) =>
      phases.flatMap(phase => (phase.mode === 'steps' ? phase.steps.flatMap(({ undoneBy }) => undoneBy ?? []) : [])),
    );
    const all = new Set([...kinds, ...undone.map(({ does }) => does)]);
    expect(wanted.filter(kind => !all.has(kind))).toEqual([]);
  });

  it('R10: what is done for a workload is to scale, restart or roll it back', () => {
    expect(stepRights.mitigate.effects).toEqual(['scale_workload', 'restart_workload', 'rollback_workload']);
  });
});

describe('when a procedure is due again', () => {
  const [weekly, monthly] = [7 * 24, 30 * 24];
  it.each<[string, PlaybookName, number]>([
    ['R126', 'cluster_optimization', weekly],
    ['R132', 'certificate_management', weekly],
    ['R142, R268', 'division_review', monthly],
    ['R149', 'version_planning', monthly],
    ['R155', 'capacity_planning', monthly],
  ])('%s: %s, after %d hours and not before', (_id, name, hours) => {
    const isDue = (afterMs: number): boolean => {
      const done = [{ name, finished_at: new Date(NOW - afterMs).toISOString() }];
      return dueNow(playbooks, done, NOW).some(due => due.name === name);
    };
    expect([isDue(hours * HOUR_MS - 1), isDue(hours * HOUR_MS)]).toEqual([false, true]);
  });

  it('R266: the day’s status is written by what is due each day', () => {
    const name = 'daily_health_check';
    const done = [{ name, finished_at: new Date(NOW - 24 * HOUR_MS).toISOString() }];
    expect(dueNow(playbooks, done, NOW).map(due => due.name)).toContain(name);
    const written = stepsOf({ playbook: name }).filter(({ action }) => action.does === 'record');
    expect(written.map(({ action }) => action)).toEqual([{ does: 'record', record: 'daily_status' }]);
  });
});

describe('the seed’s estimates', () => {
  const of = (task: KeptTask, workers?: number) => {
    const steps = stepsOf(task, workers);
    return { minutes: minutesOf(steps), tokens: steps.reduce((sum, step) => sum + step.estimate_tokens, 0) };
  };

  it('R327: three workers are 45 minutes, and no more than 2,000 tokens', () => {
    const { minutes, tokens } = of(tasks.scale_cluster);
    expect(minutes).toBe(45);
    expect(tokens).toBeLessThanOrEqual(2_000);
    expect(playbookOf('scale_cluster')?.seedEstimate).toMatchObject({ minutes: 45, tokens: 2_000 });
  });

  it('R338: an upgrade of 12 nodes is within three hours and 4,500 tokens, and each node more is more', () => {
    const [small, large] = [of(tasks.kubernetes_upgrade, 3), of(tasks.kubernetes_upgrade, 9)];
    expect(large.minutes).toBeLessThanOrEqual(180);
    expect(large.tokens).toBeLessThanOrEqual(4_500);
    expect([large.minutes - small.minutes, large.tokens - small.tokens].every(more => more >= 6)).toBe(true);
    expect(playbookOf('kubernetes_upgrade')?.seedEstimate).toMatchObject({ minutes: 180, tokens: 4_500 });
  });

  it('R214, R321: a deployment is at most 20 minutes; three, in namespaces of their own, are no longer than one', () => {
    const [one, three] = [1, 3].map(count => of({ ...tasks.deploy_application, applications: applications(count) }));
    expect(one?.minutes).toBeLessThanOrEqual(20);
    expect((three?.minutes ?? Number.POSITIVE_INFINITY) / (3 * (one?.minutes ?? 0))).toBeLessThanOrEqual(0.4);
    expect(playbookOf('deploy_application')?.seedEstimate).toMatchObject({ minutes: 20, tokens: 1_500 });
  });
});
