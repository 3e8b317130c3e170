import type { IncomingMessage } from 'node:http';
import type { RawObject } from './watched-resources.ts';

/** Longer than any object etcd takes (1.5 MB), as JSON with managed fields. */
const LONGEST_LINE = 16 * 1024 * 1024;

export interface WatchEvent {
  type: string;
  object: RawObject;
}

/** What stood in the stream is no watch event: what it should have said is not known. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

function parseEvent(line: string): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (error) {
    throw new MalformedEvent('not JSON', { cause: error });
  }
  if (typeof event !== 'object' || event === null || !('type' in event) || !('object' in event)) {
    throw new MalformedEvent('no event');
  }
  const { type, object } = event;
  if (typeof type !== 'string' || typeof object !== 'object' || object === null) throw new MalformedEvent('no event');
  return { type, object };
}

/**
 * The events of an open watch, one JSON text a line, as they come. Ends when the server ends the answer. Throws MalformedEvent, and
 * whatever breaks the connection: no event for `silenceMs` (a half-open connection), an abort. Destroys the body.
 */
export async function* eventsOf(
  body: IncomingMessage,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const cut = (): void => {
    body.destroy(new Error('silent or aborted'));
  };
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut, { once: true });
  const silence = setTimeout(cut, silenceMs);
  let rest = '';
  try {
    for await (const chunk of body.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw new MalformedEvent('endless line');
      for (const line of lines) {
        if (line === '') continue;
        yield parseEvent(line);
        silence.refresh();
      }
    }
    if (rest !== '') throw new MalformedEvent('half a line');
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', cut);
    body.destroy();
  }
}
