/** A scene for steps that only look, write or tell: a real division directory and real handoffs, a cluster of facts. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { foldOperation } from '../../../src/decisions/operation-state.ts';
import { openDivisionWriter } from '../../../src/division/directory.ts';
import { openHandoffs } from '../../../src/division/handoffs/handoffs.ts';
import { openKnowledge } from '../../../src/division/knowledge/knowledge.ts';
import { openPrivateFiles } from '../../../src/division/private-files.ts';
import { openRecoveryFiles } from '../../../src/division/recovery-files.ts';
import { openReports } from '../../../src/division/reports.ts';
import { TokenLedger } from '../../../src/division/token-ledger/token-ledger.ts';
import { DivisionYaml } from '../../../src/model/config.ts';
import { Operation } from '../../../src/model/operation.ts';
import type { ProcedurePlan } from '../../../src/model/plan.ts';
import type { PlannedStep, StepAction, StepKind, StepProgress, StepResult } from '../../../src/model/step.ts';
import type { KeptTask } from '../../../src/model/task.ts';
import type { ProcedurePorts, StepContext } from '../../../src/operations/steps/step.ts';
import type { Clock, ClusterPorts, Log } from '../../../src/ports.ts';
import { planOf as procedureOf } from '../../decisions/procedures.ts';
import { AT, clock, collectingLog, temporaryFolder } from '../../division/fixtures/records.ts';
import { clusterPorts } from '../../mcp/front-fixture.ts';

export const NOW = Date.parse(AT);
export const OPERATION = 'op-0123456789abcdef';

export const plannedStep = (id: string, action: StepAction, target: PlannedStep['target'] = {}): PlannedStep => ({
  id,
  phase: 'look',
  title: id,
  source: 'a test',
  action,
  target,
  depends_on: [],
  gate: 'looked at',
  on_failure: 'go_on',
  in_any_case: false,
  contractor: 'talos',
  capability: 'x',
  offered_by: 'talos',
  estimate_minutes: 0,
  estimate_tokens: 0,
});

export function planOf(steps: PlannedStep[], task: KeptTask, clusters = ['staging']): ProcedurePlan {
  const plan = procedureOf(steps);
  const action = 'pod.schedule';
  return {
    ...plan,
    playbook: task.playbook,
    requested: { ...plan.requested, action, task },
    clusters: clusters.map(name => ({
      name,
      environment: 'staging',
      simulated: true,
      kube_system_uid: 'u',
      nodes: [],
      skipped: [],
    })),
    authority: { ...plan.authority, action },
  };
}

export interface Stage {
  directory: string;
  /** Where snapshots lie. */
  snapshots: string;
  ports: ProcedurePorts & { clock: Clock; log: Log };
}

/** The division's own parts, in a folder that is gone after the test. */
export async function stage(): Promise<Stage> {
  const home = await temporaryFolder();
  const directory = join(home, 'coordination', 'divisions', 'containers');
  const snapshots = join(home, 'snapshots');
  await mkdir(directory, { recursive: true });
  await mkdir(snapshots);
  const log = collectingLog();
  const { thresholds, budget: allotment } = DivisionYaml.parse({ clusters: {} });
  const division = await openDivisionWriter(directory, { clock, log });
  const budget = new TokenLedger(directory, { allotment, timezone: 'UTC', now: () => NOW, log });
  onTestFinished(async () => {
    await budget.close();
    await division.release();
  });
  const ports: Stage['ports'] = {
    clock,
    log,
    division,
    handoffs: openHandoffs(directory, { clock, log }),
    snapshotDirectory: snapshots,
    secretsDirectory: join(home, 'secrets'),
    privateFiles: openPrivateFiles(snapshots),
    recoveryFiles: openRecoveryFiles({ snapshots, secrets: join(home, 'secrets') }),
    reports: openReports(directory),
    knowledge: openKnowledge(directory, { log }),
    budget,
    thresholds,
    leadDays: 14,
    hasApprovers: true,
  };
  return { directory, snapshots, ports };
}

export interface SceneOptions<Kind extends StepKind> {
  stage: Stage;
  action: Extract<StepAction, { does: Kind }>;
  task?: KeptTask;
  /** Steps before it, with what became of them. */
  before?: readonly { step: PlannedStep; progress: Partial<StepProgress> }[];
  target?: PlannedStep['target'];
  id?: string;
  operationId?: string;
  cluster?: ClusterPorts;
  remembered?: StepResult;
  now?: number;
}

/** What a performer of this kind gets. */
export function scene<Kind extends StepKind>(options: SceneOptions<Kind>): StepContext<Kind> {
  const { task = { playbook: 'daily_health_check' }, before = [], operationId = OPERATION } = options;
  const target = options.target ?? { cluster: 'staging' };
  const step = plannedStep(options.id ?? 'staging/look', options.action, target);
  const plan = planOf([...before.map(each => each.step), step], task);
  const state = foldOperation(plan, []);
  const steps = new Map(state.steps);
  for (const { step: done, progress } of before) {
    steps.set(done.id, { id: done.id, state: 'done', intents: 0, outcomes: 0, ...progress });
  }
  const cluster = options.cluster ?? clusterPorts('staging');
  return {
    step: { ...step, action: options.action },
    plan,
    task,
    operationId,
    state: { ...state, steps },
    progress: {
      id: step.id,
      state: 'running',
      started_at: AT,
      intents: 0,
      outcomes: 0,
      ...(options.remembered && { result: options.remembered }),
    },
    cluster: target.cluster === undefined ? undefined : cluster,
    clusterNamed: name => (name === cluster.config.name ? cluster : undefined),
    ports: options.stage.ports,
    now: options.now ?? NOW,
    signal: new AbortController().signal,
  };
}

/** The record of an operation that ended before. */
export const endedOperation = (id: string, playbook: string, change: Partial<Operation> = {}): Operation =>
  Operation.parse({
    record_version: 1,
    sequence: 1,
    operation_id: id,
    plan_hash: 'b'.repeat(64),
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
    started_at: AT,
    updated_at: AT,
    finished_at: AT,
    poll_after_seconds: 60,
    metrics: {
      minutes: 1,
      minutes_lower_bound: 0,
      ratio_to_bound: 0,
      evictions: 0,
      evictions_refused: 0,
      pdb_violations: 0,
      control_plane_overlaps: 0,
      contractor_calls: 0,
      tokens_estimated: 0,
    },
    result_summary: '',
    ...change,
  });
