import { once } from 'node:events';

export interface Over {
  /** Settles when the caller has closed stdin, or the process is asked to end. */
  inputOrSignal: Promise<unknown>;
  /** Aborted by SIGTERM, SIGINT and `stop`. */
  stopped: AbortSignal;
  stop: () => void;
}

/** When a contractor on stdio is over. */
export function untilOver(): Over {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const input = Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close')]);
  return { inputOrSignal: Promise.race([input, once(stopping.signal, 'abort')]), stopped: stopping.signal, stop };
}
