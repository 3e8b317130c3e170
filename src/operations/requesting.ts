/** What a front end may ask of the executor: it leaves a request and reads the record that follows (SAFETY 7). */
import { randomUUID } from 'node:crypto';
import { authorize } from '../decisions/authority.ts';
import { foldOperation } from '../decisions/operation-state.ts';
import { operationId } from '../decisions/plan-hash.ts';
import { DivisionError } from '../errors.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { FrontEnd } from '../ports.ts';
import { listenToDivision } from './division-changes.ts';
import { noObservations, projectOperation } from './project.ts';

/** Longest a request's answer waits for the executor's record before it is answered without. Wall time. */
const RECORD_DEADLINE_MS = 3_000;

/**
 * Starts a plan: answers `queued` at once, or the operation that this plan already is, without effect. [NOT_FOUND, STALE_PLAN when
 * expired, DISRUPTION_BLOCKED when something is against it, APPROVAL_REQUIRED, AUTHORITY_REFUSED]
 */
export async function startPlan(front: FrontEnd, planHash: string, signal: AbortSignal): Promise<Operation> {
  const plan = await front.division.plan(planHash);
  if (!plan)
    throw new DivisionError('NOT_FOUND', `there is no plan ${planHash.slice(0, 16)}`, 'plan with rolling_upgrade');
  const id = operationId(plan.plan_hash);
  const existing = await front.division.operation(id);
  if (existing) {
    if (!endedStatuses.includes(existing.status)) await front.ensureExecutor(signal);
    return existing;
  }
  await assertStartable(front, plan, id, signal);
  await front.division.leaveRequest({
    record_version: 1,
    kind: 'start',
    request_id: randomUUID(),
    plan_hash: plan.plan_hash,
    principal: front.principal,
    at: new Date(front.clock.now()).toISOString(),
  });
  await front.ensureExecutor(signal);
  return (await awaitRecord(front, id, () => true, signal)) ?? queued(front, plan, id);
}

async function assertStartable(front: FrontEnd, plan: Plan, id: string, signal: AbortSignal): Promise<void> {
  if (Date.parse(plan.expires_at) < front.clock.now()) {
    throw new DivisionError('STALE_PLAN', `the plan expired at ${plan.expires_at}`, 'plan again with rolling_upgrade');
  }
  const [first] = plan.preflight.blocked;
  // Whether it may act there at all comes before whatever else is against it.
  const forbidden = plan.preflight.blocked.find(finding => finding.code === 'AUTHORITY_REFUSED');
  if (forbidden) throw new DivisionError('AUTHORITY_REFUSED', forbidden.message, forbidden.remedy);
  if (first) {
    const more = plan.preflight.blocked.length - 1;
    throw new DivisionError(
      'DISRUPTION_BLOCKED',
      `${plan.preflight.blocked.length} reasons against this plan: ${first.message}${more > 0 ? ` (and ${more} more)` : ''}`,
      `${first.remedy}; then plan again`,
    );
  }
  const clusters = await front.clusters(signal);
  for (const planned of plan.clusters) {
    const config = clusters.find(candidate => candidate.config.name === planned.name)?.config;
    const verdict = authorize({
      plan,
      operationId: id,
      cluster: planned.name,
      simulated: config?.simulated ?? false,
      mode: config?.mode ?? 'observe',
    });
    if (verdict.verdict === 'refused') throw new DivisionError(verdict.code, verdict.reason, verdict.remedy);
  }
}

/** The first record of the operation that `isNews`, or what is there when the deadline or the signal ends the wait. */
async function awaitRecord(
  front: FrontEnd,
  id: string,
  isNews: (operation: Operation) => boolean,
  signal: AbortSignal,
): Promise<Operation | undefined> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(RECORD_DEADLINE_MS)]);
  const changes = listenToDivision(front);
  try {
    for (;;) {
      const operation = await front.division.operation(id);
      if ((operation && isNews(operation)) || deadline.aborted) return operation;
      await changes.next(RECORD_DEADLINE_MS, deadline);
    }
  } finally {
    changes.stop();
  }
}

/** What the executor's first record will say. */
function queued(front: FrontEnd, plan: Plan, id: string): Operation {
  const now = new Date(front.clock.now()).toISOString();
  return projectOperation(plan, id, { ...foldOperation(plan, []), requestedBy: front.principal }, noObservations, now);
}

export interface ControlRequest {
  operation_id: string;
  action: 'pause' | 'resume' | 'cancel' | 'resolve';
  reason: string;
  /** For resolve: cluster/node, or the node's name where only one cluster has it. */
  node?: string;
  as?: 'done' | 'not_started' | 'abandon';
}

/** Leaves a control request and returns the operation once its journal has it. [NOT_FOUND, INPUT_INVALID, OPERATION_CONFLICT] */
export async function requestControl(
  front: FrontEnd,
  request: ControlRequest,
  signal: AbortSignal,
): Promise<Operation> {
  const operation = await front.division.operation(request.operation_id);
  if (!operation) {
    throw new DivisionError('NOT_FOUND', `there is no operation ${request.operation_id}`, 'get_operation lists them');
  }
  const node = request.action === 'resolve' ? resolvable(operation, request) : undefined;
  assertPossible(operation, request.action);
  await front.division.leaveRequest({
    record_version: 1,
    kind: 'control',
    request_id: randomUUID(),
    operation_id: operation.operation_id,
    action: request.action,
    reason: request.reason,
    ...(node !== undefined && { node }),
    ...(request.as !== undefined && { as: request.as }),
    principal: front.principal,
    at: new Date(front.clock.now()).toISOString(),
  });
  await front.ensureExecutor(signal);
  const isNews = (current: Operation): boolean => current.sequence !== operation.sequence;
  return (await awaitRecord(front, operation.operation_id, isNews, signal)) ?? operation;
}

function assertPossible(operation: Operation, action: ControlRequest['action']): void {
  const isEnded = endedStatuses.includes(operation.status);
  if (isEnded && (action === 'pause' || action === 'cancel')) {
    throw new DivisionError('OPERATION_CONFLICT', `the operation is ${operation.status}`, 'there is nothing to stop', {
      retry: 'never',
    });
  }
}

/** The node in doubt that a resolve is about, as cluster/node. */
function resolvable(operation: Operation, request: ControlRequest): string {
  const inDoubt = operation.in_doubt ?? [];
  const matching = inDoubt.filter(name => name === request.node || name.endsWith(`/${request.node}`));
  const [found] = matching;
  if (request.as === undefined || found === undefined || matching.length > 1) {
    throw new DivisionError(
      'INPUT_INVALID',
      inDoubt.length === 0 ? 'no node of this operation is in doubt' : `in doubt: ${inDoubt.join(', ')}`,
      'give node (cluster/node) and as: done, not_started or abandon',
    );
  }
  return found;
}
