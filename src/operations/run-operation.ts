/** Runs one operation until it ends or is parked: an upgrade by turns, a procedure by steps. */

import type { PlannedSpending } from '../decisions/authority.ts';
import { namingCordons } from '../decisions/left-cordoned.ts';
import { DivisionError } from '../errors.ts';
import { isProcedurePlan, isUpgradePlan, type Plan, type ProcedurePlan } from '../model/plan.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { Clock, ClusterPorts, ClusterWriters, Log } from '../ports.ts';
import type { ClusterStatusFile } from './cluster-status.ts';
import type { JournalledState } from './journalled-state.ts';
import { ProcedureRun } from './run-procedure.ts';
import { UpgradeRun } from './run-upgrade.ts';
import type { ProcedurePorts } from './steps/step.ts';
export interface RunPorts {
  clock: Clock;
  log: Log;
  approvals: Approvals;
  /** What the day's tokens come to with what is reserved; absent: not counted. */
  spending?: () => Promise<PlannedSpending>;
  snapshotDirectory: string;
  /** Absent where only upgrades are run. */
  procedures?: ProcedurePorts;
  /** Told what each turn saw; absent where nobody reads it. */
  clusterStatus?: ClusterStatusFile;
  /** Undefined for a cluster that is not configured (any more). */
  cluster(name: string): { ports: ClusterPorts; writers: ClusterWriters } | undefined;
}

export interface RunControl {
  /** Ends the run at once, wherever it is; nothing more is sent. */
  signal: AbortSignal;
  /** True: admit no new node, finish this one, then park (the executor's SIGTERM, SAFETY 7). */
  isStopping(): boolean;
  /** Aborts with `signal`, and when a request for this operation was recorded: a wait ends and the turn is taken anew. */
  wake(): AbortSignal;
}

/** `ended`: the journal has its end. `parked`: to be gone on with by the next executor. */
export async function runOperation(
  journal: JournalledState,
  ports: RunPorts,
  control: RunControl,
): Promise<'ended' | 'parked'> {
  const { plan } = journal;
  const run = isUpgradePlan(plan)
    ? new UpgradeRun(journal, plan, ports, control)
    : new ProcedureRun(journal, procedureOf(plan), ports, control);
  try {
    return await run.turns();
  } catch (error) {
    if (control.signal.aborted) return 'parked';
    const known = error instanceof DivisionError ? error : undefined;
    ports.log.error('operation.failed', { operation_id: journal.operationId, error });
    const remedy =
      known?.remedy ?? 'look for this time in operations/executor.log; control_operation resume looks again';
    await journal.record({
      kind: 'stopped',
      status: 'halted',
      code: known?.code ?? 'INTERNAL',
      reason: known?.message ?? 'the general manager failed while running this operation',
      remedy: namingCordons(remedy, journal.state),
      evidence: [],
    });
    return 'ended';
  } finally {
    run.letGo();
  }
}

function procedureOf(plan: Plan): ProcedurePlan {
  if (isProcedurePlan(plan)) return plan;
  throw new DivisionError('RECORD_CORRUPT', `plan ${plan.plan_hash} has no steps`, 'plan again');
}
