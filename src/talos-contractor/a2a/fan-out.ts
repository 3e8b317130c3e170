import { withDeadline } from '../../host/deadline.ts';
import type { ToolCall } from '../../mcp/define-tool.ts';
import type { AskOptions } from '../../talosctl/ask.ts';
import { presentable, TalosctlError } from '../../talosctl/errors.ts';
import { type Choice, chosenClusters, type Fleet, type FleetCluster } from './fleet.ts';

export interface Limits extends Choice {
  concurrency: number;
  deadline_seconds: number;
}

export interface Failed {
  cluster: string;
  error_class: string;
  message: string;
}

export interface FannedOut<Answer> {
  clusters: (Answer & { cluster: string })[];
  failed: Failed[];
}

/** One machine that hangs leaves time for the others of its cluster. */
const ONE_READ_MS = 20_000;

/** Runs the work for each item, so many at once, and returns the answers in the items' order. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) answers[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return answers;
}

/** The failure of talosctl as it is told; of a deadline that passed, that one. Throws what is a fault of ours. */
export function failureOf(error: unknown, deadline?: AbortSignal): { error_class: string; message: string } {
  if (!(error instanceof TalosctlError)) throw error;
  if (deadline?.aborted) return { error_class: 'timeout', message: 'it did not answer within its deadline' };
  return { error_class: error.errorClass, message: presentable(error.message) };
}

/**
 * Asks the chosen clusters, `concurrency` at once, each within its own deadline. A cluster that fails is told in `failed` and hides
 * none of the others; only the caller's own cancelling ends all of them.
 */
export async function fanOut<Answer extends object>(
  fleet: Fleet,
  limits: Limits,
  call: ToolCall,
  read: (cluster: FleetCluster, options: AskOptions) => Promise<Answer>,
): Promise<FannedOut<Answer>> {
  const chosen = chosenClusters(fleet, limits);
  const told: FannedOut<Answer> = { clusters: [], failed: [] };
  let done = 0;
  const outcomes = await inParallel(chosen, limits.concurrency, async cluster => {
    // Held by name until the read is over: what failed for it is told from what failed by itself.
    const deadline = withDeadline(call.signal, limits.deadline_seconds * 1_000);
    const timeoutMs = Math.min(ONE_READ_MS, limits.deadline_seconds * 1_000);
    const options = { signal: deadline, timeoutMs };
    try {
      return { answer: { cluster: cluster.name, ...(await read(cluster, options)) } };
    } catch (error) {
      if (call.signal.aborted) throw error;
      return { failure: { cluster: cluster.name, ...failureOf(error, deadline) } };
    } finally {
      done += 1;
      call.progress(done, chosen.length, `${cluster.name} answered`);
    }
  });
  for (const outcome of outcomes) {
    if ('answer' in outcome) told.clusters.push(outcome.answer);
    else told.failed.push(outcome.failure);
  }
  return told;
}

/** "; no answer from …" for a text channel; empty when everybody answered. */
export const silentOnes = (failed: readonly Failed[]): string =>
  failed.length === 0 ? '' : `; no answer from ${failed.map(({ cluster }) => cluster).join(', ')}`;
