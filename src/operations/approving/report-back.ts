/** Tells whoever approved an operation how it ended (ARCHITECTURE, Life 5). */
import { operationId } from '../../decisions/plan-hash.ts';
import { endedStatuses, type Operation } from '../../model/operation.ts';
import type { Approvals } from '../../ports/approvals.ts';
import type { Handoffs } from '../../ports/handoffs.ts';
import type { Division, Log } from '../../ports.ts';

interface ReportPorts {
  division: Pick<Division, 'operations'>;
  approvals: Approvals;
  handoffs: Pick<Handoffs, 'outgoing' | 'send'>;
  log: Log;
}

/** Ended operations looked at when an executor starts: one may have been killed between the end and its report. */
const LOOKED_BACK = 20;

/** Sends the completion handoff of each ended operation that somebody approved by handoff and was not told of yet. Never throws. */
export async function reportBack(ports: ReportPorts): Promise<void> {
  try {
    const { operations } = await ports.division.operations();
    const ended = operations.filter(({ status, simulated }) => endedStatuses.includes(status) && !simulated);
    for (const operation of ended.slice(0, LOOKED_BACK)) await report(ports, operation);
  } catch (error) {
    ports.log.warn('approval.report_failed', { error: String(error) });
  }
}

async function report({ approvals, handoffs, log }: ReportPorts, operation: Operation): Promise<void> {
  const known = await approvals.of(operation.plan_hash);
  const approval = known.approvals
    .map(each => each.approval)
    .findLast(each => each.source && each.decision === 'approve');
  if (!approval?.source || operationId(approval.plan_hash) !== operation.operation_id) return;
  const { status, operation_id, progress, result_summary, stopped, finished_at } = operation;
  const ending = `${status} ${finished_at ?? ''}`.trim();
  const sent = (await handoffs.outgoing()).handoffs.some(
    ({ reading }) => reading.context.operation_id === operation_id && reading.context.ending === ending,
  );
  if (sent) return;
  const { handoffId } = await handoffs.send({
    to: approval.role === 'cortex-prime' ? 'prime' : 'coo',
    handoffType: 'task_completion',
    priority: status === 'succeeded' ? 'medium' : 'high',
    taskId: `${operation.playbook.replaceAll('_', '-')}-${operation.plan_hash.slice(0, 16)}-${status}`,
    inResponseTo: approval.source.handoff_id,
    context: {
      summary: `${operation.playbook} ${status}: ${result_summary}`,
      operation_id,
      plan_hash: operation.plan_hash,
      ending,
      nodes_done: progress.done,
      nodes_total: progress.total,
      ...(stopped && { code: stopped.code, reason: stopped.reason, remedy: stopped.remedy }),
    },
  });
  log.info('approval.reported', { operation_id, status, handoff_id: handoffId });
}
