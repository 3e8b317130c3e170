import type { StepPerformer } from './step.ts';

/** Longest a node stays in maintenance: what is forgotten longer than a week is told as a failure, not kept up. */
const AT_MOST_MS = 7 * 24 * 3_600_000;
const POLL_MS = 60_000;

/** Keeps the node aside until its minutes are over, or until somebody resumes the operation (ledger R113). */
export const holdMaintenance: StepPerformer<'hold_maintenance'> = async ({ task, progress, state, now, step }) => {
  if (task.playbook !== 'maintain_node') return { kind: 'skip', reason: 'no maintenance was asked for' };
  const since = Date.parse(progress.started_at ?? state.updatedAt);
  // By the order of the journal: a clock may be set back.
  if (progress.told_to_go_on) {
    return { kind: 'done', reason: 'somebody said that the maintenance is over' };
  }
  const { minutes, reason } = task;
  if (minutes !== undefined && now - since >= minutes * 60_000) {
    return { kind: 'done', reason: `${minutes} minutes are over` };
  }
  return {
    kind: 'wait',
    reason: `${step.target.node} is in maintenance: ${reason}`,
    whatEndsIt: minutes === undefined ? 'control_operation resume' : `${minutes} minutes, or control_operation resume`,
    pollMs: minutes === undefined ? POLL_MS : Math.max(1_000, since + minutes * 60_000 - now),
    atMostMs: AT_MOST_MS,
    remedy: 'it is given back; when it is not over yet, control_operation resume takes the node aside again',
  };
};
