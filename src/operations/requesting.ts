/** What a front end may ask of the executor: it leaves a request and reads the record that follows (SAFETY 7). */

import { randomUUID } from 'node:crypto';
import { changesCluster, changesClusters } from '../decisions/authority/step-rights.ts';
import { authorize, planAuthority } from '../decisions/authority.ts';
import { foldOperation } from '../decisions/operation-state.ts';
import { operationId } from '../decisions/plan-hash.ts';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import { isProcedurePlan, type Plan } from '../model/plan.ts';
import type { FrontEnd } from '../ports.ts';
import { plannedSpending } from './approving/planned-spending.ts';
import { markCounted, takeReplies } from './approving/replies.ts';
import { listenToDivision } from './division-changes.ts';
import { assertMayResolve } from './may-resolve.ts';
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
  await assertAuthorized(front, plan, id, signal);
}

/** What the executor will derive again from the same records. [APPROVAL_REQUIRED, AUTHORITY_REFUSED] */
async function assertAuthorized(front: FrontEnd, plan: Plan, id: string, signal: AbortSignal): Promise<void> {
  // One that only looks takes nobody's decision; what its tokens come to still may.
  const [known, scratch] = await Promise.all([front.clusters(signal), front.scratch?.(signal)]);
  const clusters = [...known, ...(scratch ? [scratch] : [])];
  const spending = await plannedSpending(front, plan);
  if (!plan.simulated && planAuthority(plan, spending).level !== 'autonomous') await takeReplies(front, plan);
  const approvals = await front.approvals.of(plan.plan_hash);
  if (isProcedurePlan(plan) && !changesClusters(plan.steps) && planAuthority(plan, spending).level === 'autonomous')
    return;
  for (const planned of plan.clusters) {
    if (isProcedurePlan(plan) && changesClusters(plan.steps) && !changesCluster(plan.steps, planned.name)) continue;
    const config = clusters.find(candidate => candidate.config.name === planned.name)?.config;
    const verdict = authorize({
      plan,
      operationId: id,
      cluster: planned.name,
      simulated: config?.simulated ?? false,
      mode: config?.mode ?? 'observe',
      ...approvals,
      spending,
      at: front.clock.now(),
    });
    if (verdict.verdict === 'refused') throw new DivisionError(verdict.code, verdict.reason, verdict.remedy);
    if (verdict.approval) await markCounted(front, verdict.approval);
  }
}

/** The first record of the operation that `isNews`, or what is there when the deadline or the signal ends the wait. */
async function awaitRecord(
  front: FrontEnd,
  id: string,
  isNews: (operation: Operation) => boolean,
  signal: AbortSignal,
): Promise<Operation | undefined> {
  const deadline = withDeadline(signal, RECORD_DEADLINE_MS);
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
  /** For resolve: cluster/node, or the node's name where only one cluster has it; the cluster's name for its Lease. */
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
  const subject = request.action === 'resolve' ? await subjectOf(front, operation, request, signal) : undefined;
  assertPossible(operation, request.action);
  await assertEntitled(front, operation, request.action, signal);
  await front.division.leaveRequest({
    record_version: 1,
    kind: 'control',
    request_id: randomUUID(),
    operation_id: operation.operation_id,
    action: request.action,
    reason: request.reason,
    ...subject,
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

/** A doubt takes the effect's own authority (SAFETY 3c); what had ended and is resumed needs an approval that holds now. */
async function assertEntitled(
  front: FrontEnd,
  operation: Operation,
  action: ControlRequest['action'],
  signal: AbortSignal,
): Promise<void> {
  const isTakenUpAnew = action === 'resume' && endedStatuses.includes(operation.status);
  if (action !== 'resolve' && !isTakenUpAnew) return;
  const plan = await front.division.plan(operation.plan_hash);
  if (!plan) {
    throw new DivisionError(
      'RECORD_CORRUPT',
      `the plan of ${operation.operation_id} can’t be read`,
      `restore plans/${operation.plan_hash}.json; until then it can be paused or cancelled`,
    );
  }
  if (action === 'resolve') assertMayResolve(plan, front.principal);
  else await assertAuthorized(front, plan, operation.operation_id, signal);
}

/** What a resolve is about: a node or a step in doubt, or the Lease of a cluster that stopped the operation. */
async function subjectOf(
  front: FrontEnd,
  operation: Operation,
  request: ControlRequest,
  signal: AbortSignal,
): Promise<{ node: string; holder?: string }> {
  const cluster = operation.clusters.find(name => name === request.node);
  if (cluster === undefined) return { node: resolvable(operation, request) };
  return { node: cluster, holder: await goneHolder(front, operation, { ...request, node: cluster }, signal) };
}

/** Who holds the cluster's Lease now: the very holder that the operation was stopped for, and that the human means. */
async function goneHolder(
  front: FrontEnd,
  { stopped }: Operation,
  request: ControlRequest & { node: string },
  signal: AbortSignal,
): Promise<string> {
  if (stopped?.code !== 'OPERATION_CONFLICT' || request.as !== 'abandon') {
    throw new DivisionError(
      'INPUT_INVALID',
      `a cluster is resolved as abandon, when an operation was stopped by the Lease's holder; this one was not`,
      'give node (cluster/node) and as: done, not_started or abandon',
    );
  }
  const ports = (await front.clusters(signal)).find(({ config }) => config.name === request.node);
  const holder = (await ports?.kubernetes.lease(signal))?.holder;
  if (holder === undefined) {
    throw new DivisionError('INPUT_INVALID', `nobody holds the Lease of ${request.node}`, 'control_operation resume');
  }
  if (stopped.reason.includes(holder)) return holder;
  throw new DivisionError(
    'OPERATION_CONFLICT',
    `the Lease of ${request.node} is not held by whom the operation was stopped for`,
    'control_operation resume shows who holds it now; look whether that one is gone',
  );
}

/** The node in doubt that a resolve is about, as cluster/node; or the step of a procedure. */
function resolvable(operation: Operation, request: ControlRequest): string {
  const inDoubt = operation.in_doubt ?? [];
  const matching = inDoubt.filter(name => name === request.node || name.endsWith(`/${request.node}`));
  const [found] = matching;
  if (request.as === undefined || found === undefined || matching.length > 1) {
    throw new DivisionError(
      'INPUT_INVALID',
      inDoubt.length === 0 ? 'nothing of this operation is in doubt' : `in doubt: ${inDoubt.join(', ')}`,
      'give node, as in in_doubt, and as: done, not_started or abandon',
    );
  }
  return found;
}
