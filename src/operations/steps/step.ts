import type { OperationState } from '../../decisions/operation-state.ts';
import type { ErrorCode } from '../../errors.ts';
import type { DivisionYaml } from '../../model/config.ts';
import type { Effect } from '../../model/effect.ts';
import type { ProcedurePlan } from '../../model/plan.ts';
import type { PlannedStep, StepAction, StepKind, StepProgress, StepResult } from '../../model/step.ts';
import type { KeptTask } from '../../model/task.ts';
import type { BudgetWriter } from '../../ports/budget.ts';
import type { FleetReader } from '../../ports/fleet-reader.ts';
import type { Handoffs } from '../../ports/handoffs.ts';
import type { Knowledge } from '../../ports/knowledge.ts';
import type { PrivateFiles } from '../../ports/private-files.ts';
import type { RecoveryFiles } from '../../ports/recovery-files.ts';
import type { Reports } from '../../ports/reports.ts';
import type { Clock, ClusterPorts, DivisionWriter, Log } from '../../ports.ts';

/** What steps reach beside clusters: the division's own records and what it tells others. */
export interface ProcedurePorts {
  division: DivisionWriter;
  handoffs: Handoffs;
  /** Machine configurations, one a role in a folder a cluster; what holds secrets is read nowhere else. */
  secretsDirectory: string;
  /** etcd snapshots: outside the division directory (SAFETY 10). */
  snapshotDirectory: string;
  privateFiles: PrivateFiles;
  recoveryFiles: RecoveryFiles;
  reports: Reports;
  knowledge: Knowledge;
  budget: BudgetWriter;
  thresholds: DivisionYaml['thresholds'];
  /** Days from the request for machines until they are nodes. */
  leadDays: number;
  /** Somebody can be asked: approvers are named in division.yaml. */
  hasApprovers: boolean;
  /** Absent: no contractor over several clusters is configured. */
  fleet?: FleetReader;
}

/** What a step of any kind is looked at with. */
export interface StepScene {
  step: PlannedStep;
  plan: ProcedurePlan;
  task: KeptTask;
  operationId: string;
  state: OperationState;
  /** What is known of this step so far, from the journal. */
  progress: StepProgress;
  /** Undefined for a step about the division. */
  cluster: ClusterPorts | undefined;
  /** Any cluster of the division; undefined when it has none of that name. */
  clusterNamed: (name: string) => ClusterPorts | undefined;
  ports: ProcedurePorts & { clock: Clock; log: Log };
  /** Of this very look, epoch milliseconds of the clusters' clock. */
  now: number;
  signal: AbortSignal;
}

export interface StepContext<Kind extends StepKind> extends StepScene {
  step: PlannedStep & { action: Extract<StepAction, { does: Kind }> };
}

/** What a look at a step's target came to. The runner records it; an effect is performed behind its intent, and then looked at again. */
export type StepLook =
  /** It is so, as `evidence` shows. A string `headline` in `result` gets into the operation's summary. */
  | { kind: 'done'; reason: string; evidence?: readonly string[]; result?: StepResult }
  /** One effect on the cluster, which converges or has an attempt of its own (SAFETY 3). */
  | { kind: 'effect'; effect: Effect; reason: string }
  /** A file of the division or a handoff: made once, whole; repeating it finds it made. Says what was done. */
  | { kind: 'write'; write: (signal: AbortSignal) => Promise<StepResult>; reason: string }
  /** Bounded from when the step was begun; past it the step has failed with TIMEOUT, and `remedy`. */
  | {
      kind: 'wait';
      reason: string;
      whatEndsIt: string;
      pollMs: number;
      atMostMs: number;
      remedy: string;
      result?: StepResult;
      /** Something to be said once, before the wait is on record; a repeat after a crash says it again. */
      before?: () => Promise<void>;
    }
  /** There is nothing to do for this target. */
  | { kind: 'skip'; reason: string }
  | {
      kind: 'failed';
      code: ErrorCode;
      reason: string;
      remedy: string;
      evidence?: readonly string[];
      result?: StepResult;
    };

/** Looks and decides; never acts. A DivisionError it throws for something unreachable is a wait, bounded; any other fails the step. */
export type StepPerformer<Kind extends StepKind> = (context: StepContext<Kind>) => Promise<StepLook>;

/** The result of the nearest step before this one that did `kind` to the same target, or to all of them. */
export function resultOf({ plan, state, step }: StepScene, kind: StepKind): StepResult | undefined {
  const before = plan.steps.slice(
    0,
    plan.steps.findIndex(({ id }) => id === step.id.replace(/\/undo$/, '')),
  );
  const found = before.findLast(
    ({ action, target }) =>
      action.does === kind &&
      (target.cluster === undefined || target.cluster === step.target.cluster) &&
      (target.node === undefined || target.node === step.target.node) &&
      (target.application === undefined || target.application === step.target.application) &&
      (target.machine === undefined || target.machine === step.target.machine),
  );
  return found && state.steps.get(found.id)?.result;
}
