import type { FrontEnd } from '../ports.ts';

export interface DivisionChanges {
  /** Resolves at a change since the last one, after `ms` of wall time, or when the signal aborts. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Listens to the division directory from now on, so that no change between two looks is missed. */
export function listenToDivision(front: Pick<FrontEnd, 'division'>): DivisionChanges {
  let hasChanged = false;
  let wake: (() => void) | undefined;
  const stop = front.division.onChange(() => {
    hasChanged = true;
    wake?.();
  });
  const next = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise(resolve => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        wake = undefined;
        hasChanged = false;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
      wake = end;
      if (hasChanged || signal.aborted) end();
    });
  return { next, stop };
}
