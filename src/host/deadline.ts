/**
 * A signal that aborts with `signal`, or after `ms` of wall time with a TimeoutError. The deadline has a controller that its timer
 * holds: Node 20's AbortSignal.any holds its sources weakly, and a signal of AbortSignal.timeout is gone, and never comes, after a
 * garbage collection.
 */
export function withDeadline(signal: AbortSignal, ms: number): AbortSignal {
  const deadline = new AbortController();
  const late = (): void => deadline.abort(new DOMException(`nothing came within ${ms} ms`, 'TimeoutError'));
  setTimeout(late, ms).unref();
  return AbortSignal.any([signal, deadline.signal]);
}
