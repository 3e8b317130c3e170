/**
 * A signal that aborts with `signal`, or after `ms` of wall time with a TimeoutError. In its own words, because Node 20's
 * AbortSignal.any holds a signal of AbortSignal.timeout weakly: after a garbage collection that deadline never comes.
 */
export function withDeadline(signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  const follow = (): void => {
    clearTimeout(timer);
    controller.abort(signal.reason);
  };
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', follow);
    controller.abort(new DOMException(`nothing came within ${ms} ms`, 'TimeoutError'));
  }, ms);
  timer.unref();
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return controller.signal;
}
