import { operationId } from '../decisions/plan-hash.ts';
import { DivisionError } from '../errors.ts';
import type { OperationEvent } from '../model/journal.ts';
import type { Operation } from '../model/operation.ts';
import { listenToDivision } from '../operations/division-changes.ts';
import type { FrontEnd } from '../ports.ts';
import { isEnded, needsExecutor } from './operation-view.ts';
import { shortHash } from './wording.ts';

/** A change is told by the directory's watcher; this often it is also looked for, because watchers miss some. */
const LOOK_EVERY_MS = 1000;

/**
 * Throws NOT_FOUND; for the operation of a saved plan it says that the start may not have been taken up yet, and sees to it
 * that somebody is there to do so.
 */
export async function operationNamed(front: FrontEnd, id: string, signal: AbortSignal): Promise<Operation> {
  const operation = await front.division.operation(id);
  if (operation !== undefined) return operation;
  const planned = (await front.division.plans()).find(plan => operationId(plan.plan_hash) === id);
  if (planned !== undefined) {
    await front.ensureExecutor(signal);
    throw new DivisionError(
      'NOT_FOUND',
      'its plan was never started, or the executor has not taken it up yet',
      `try again; if it stays, rolling_upgrade with plan_hash ${shortHash(planned.plan_hash)} (starting twice is harmless)`,
      { retry: 'later' },
    );
  }
  throw new DivisionError(
    'NOT_FOUND',
    'no operation has this operation_id',
    'call get_operation without operation_id: it lists the active and recent ones',
  );
}

/**
 * Brings an executor back for operations that need one: it may have been killed with nobody there to notice. What stands
 * in the records is answered all the same; the problem is said beside it.
 */
export async function keepGoing(
  front: FrontEnd,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<{ executor_problem?: string }> {
  if (!operations.some(needsExecutor)) return {};
  try {
    await front.ensureExecutor(signal);
    return {};
  } catch (error) {
    front.log.error('executor.unavailable', { error: error instanceof Error ? error.message : String(error) });
    const { message, remedy } =
      error instanceof DivisionError ? error : { message: 'it could not be started', remedy: 'see the log on stderr' };
    return { executor_problem: `no executor works on this: ${message}; ${remedy}` };
  }
}

export interface News {
  operation: Operation;
  /** Events after the cursor, oldest first. */
  events: OperationEvent[];
}

/**
 * Reads the operation and its events after `after` until there is one, the status has changed, the operation has ended,
 * `waitMs` are over or the signal aborts. `tell` hears each reading.
 */
export async function awaitNews(
  front: FrontEnd,
  wait: { operationId: string; after: number | undefined; waitMs: number },
  signal: AbortSignal,
  tell: (operation: Operation) => void,
): Promise<News> {
  const until = performance.now() + wait.waitMs;
  const read = async (after: number): Promise<News> => {
    const operation = await operationNamed(front, wait.operationId, signal);
    const events = await front.division.events(wait.operationId, after);
    // The journal is ahead of the record for a moment: an event is told with the record that knows of it.
    return { operation, events: events.filter(event => event.cursor <= operation.sequence) };
  };
  const changes = wait.waitMs > 0 ? listenToDivision(front) : undefined;
  try {
    const first = await read(wait.after ?? 0);
    const after = wait.after ?? first.events.at(-1)?.cursor ?? 0;
    let news = first;
    for (;;) {
      tell(news.operation);
      const isNews =
        news.events.some(event => event.cursor > after) || news.operation.status !== first.operation.status;
      const left = until - performance.now();
      if (isNews || changes === undefined || left <= 0 || isEnded(news.operation) || signal.aborted) return news;
      await changes.next(Math.min(left, LOOK_EVERY_MS), signal);
      news = await read(wait.after ?? 0);
    }
  } finally {
    changes?.stop();
  }
}
