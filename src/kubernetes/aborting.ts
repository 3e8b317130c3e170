import { setMaxListeners } from 'node:events';

/** Runs `work` until it ends or the signal aborts, whichever is first; the listener goes with it. Rejects at the abort. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A controller whose signal any number of calls under way may listen to, without Node's warning of a leak. */
export function sharedAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A signal that follows others and can be aborted by itself; `release` detaches it (AbortSignal.any never does). */
export function linkedAbort(...parents: readonly AbortSignal[]): { controller: AbortController; release: () => void } {
  const controller = sharedAbort();
  const follow = (): void => controller.abort();
  if (parents.some(parent => parent.aborted)) follow();
  for (const parent of parents) parent.addEventListener('abort', follow, { once: true });
  return {
    controller,
    release: () => {
      for (const parent of parents) parent.removeEventListener('abort', follow);
    },
  };
}

/** Wall-clock pause that an abort ends early; never throws. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
