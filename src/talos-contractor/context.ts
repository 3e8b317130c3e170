import type { ToolCall } from '../mcp/define-tool.ts';
import type { Connection } from '../talosctl/argv.ts';
import type { AskOptions, Talosctl } from '../talosctl/ask.ts';
import type { Attempt } from '../talosctl/attempt.ts';
import { type Dispatched, dispatch, type Order } from '../talosctl/dispatch.ts';
import { TalosctlError } from '../talosctl/errors.ts';
import { Receipts } from '../talosctl/receipts.ts';

/** What every tool of the contractor gets. */
export interface TalosContext {
  readonly talosctl: Talosctl;
  /** GM_RECEIPTS_DIR; without it nothing is dispatched. */
  readonly receipts: Receipts | undefined;
  /** Dispatches and what they started, as long as they have not ended. */
  readonly running: Set<Promise<void>>;
  /** Says something to whoever reads the contractor's stderr. */
  say(line: string): void;
}

/** A read is over well before the two minutes a caller waits at most (R225). */
const READ_TIMEOUT_MS = 30_000;

export function contextFrom(env: NodeJS.ProcessEnv, say: (line: string) => void): TalosContext {
  const directory = env.GM_RECEIPTS_DIR;
  return {
    talosctl: { env, readTimeoutMs: READ_TIMEOUT_MS },
    receipts: directory === undefined || directory === '' ? undefined : new Receipts(directory),
    running: new Set(),
    say,
  };
}

/** The receipts. Throws TalosctlError client_config when nobody said where they are kept (SAFETY 3). */
export function receiptsOf(context: TalosContext): Receipts {
  if (context.receipts !== undefined) return context.receipts;
  throw new TalosctlError('client_config', 'this contractor has no folder for receipts, so it dispatches nothing', {
    remedy: 'set GM_RECEIPTS_DIR to an absolute path in its environment',
  });
}

/** Keeps the contractor alive until `work` has ended. */
function track(context: TalosContext, work: Promise<unknown>): void {
  const tracked: Promise<void> = work.then(
    () => undefined,
    () => undefined,
  );
  context.running.add(tracked);
  void tracked.then(() => context.running.delete(tracked));
}

/** Dispatches an attempt; the contractor outlives its caller until the dispatch and what it started have ended. */
export async function dispatchTracked(
  context: TalosContext,
  attempt: Attempt,
  connection: Connection,
  signal: AbortSignal,
  order?: Order,
): Promise<Dispatched> {
  const dispatcher = {
    talosctl: context.talosctl,
    receipts: receiptsOf(context),
    onStarted: (ended: Promise<void>) =>
      track(
        context,
        ended.catch((error: unknown) => context.say(`an exit could not be put on disk: ${String(error)}`)),
      ),
  };
  const dispatched = dispatch(dispatcher, attempt, connection, signal, order);
  track(context, dispatched);
  return await dispatched;
}

export function askOptions(call: ToolCall, timeoutMs?: number): AskOptions {
  return timeoutMs === undefined ? { signal: call.signal } : { signal: call.signal, timeoutMs };
}
