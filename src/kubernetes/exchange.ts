// The default exports: tracing and test interceptors replace `request` there, and named bindings would not see it.
import http from 'node:http';
import https from 'node:https';

/** One HTTP request and its whole answer. */
export interface Exchange {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  agent: http.Agent;
  /** Asked once the connection stands; the first byte goes out right after it. What it throws ends the exchange, with nothing sent. */
  beforeSend?: (() => Promise<void>) | undefined;
}

export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  text: string;
}

/** An answer of status 200 that has begun: `text` is empty, and its bytes come from `body`. Any other status is read whole. */
export interface OpenAnswer extends Answer {
  body: http.IncomingMessage | undefined;
}

export interface ExchangeLimits {
  /** Milliseconds until the connection (with TLS) stands. */
  connectMs: number;
  /** Milliseconds until the whole answer is read. */
  attemptMs: number;
}

/** No answer: `code` is the system's (ECONNREFUSED), TLS's, or DEADLINE / ABORTED. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly code: string;
  /** True when the request can't have reached the server: the connection never stood. */
  readonly isNeverSent: boolean;

  constructor(code: string, isNeverSent: boolean, cause?: unknown) {
    super(code, { cause });
    this.code = code;
    this.isNeverSent = isNeverSent;
  }
}

const DEADLINE = 'DEADLINE';
const ABORTED = 'ABORTED';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'ECONNFAILED';

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Of a DELETE Node says no length by itself, and the server would take its body for the next request. */
const lengthOf = (body: string | undefined): Record<string, string> =>
  body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };

/**
 * Sends one request over the agent's kept-alive sockets. The official client's own transport takes neither a signal nor a
 * deadline and reads the body outside of any retry, so this reads the answer to its end before it resolves. An abort or a
 * deadline destroys the socket. Rejects with ExchangeFailure, with what `beforeSend` throws, and nothing else.
 */
export function exchange(request: Exchange, limits: ExchangeLimits, signal: AbortSignal): Promise<Answer> {
  return answerTo(request, limits, signal, false);
}

/** As `exchange`, but a 200 resolves when it begins: the deadlines and the signal are over then, and its reader ends it. */
export function openExchange(request: Exchange, limits: ExchangeLimits, signal: AbortSignal): Promise<OpenAnswer> {
  return answerTo(request, limits, signal, true);
}

function answerTo(
  request: Exchange,
  limits: ExchangeLimits,
  signal: AbortSignal,
  staysOpen: boolean,
): Promise<OpenAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new ExchangeFailure(ABORTED, true));
      return;
    }
    let isConnected = false;
    const send = request.url.protocol === 'https:' ? https.request : http.request;
    const outgoing = send(request.url, {
      method: request.method,
      headers: { ...request.headers, ...lengthOf(request.body) },
      agent: request.agent,
    });

    const end = (error: unknown): void => {
      settle();
      reject(error);
      outgoing.destroy();
    };
    const fail = (code: string, cause?: unknown): void => end(new ExchangeFailure(code, !isConnected, cause));
    const onAbort = (): void => fail(ABORTED);
    const attempt = setTimeout(() => fail(DEADLINE), limits.attemptMs);
    const connect = setTimeout(() => {
      if (!isConnected) fail(DEADLINE);
    }, limits.connectMs);
    const settle = (): void => {
      clearTimeout(attempt);
      clearTimeout(connect);
      signal.removeEventListener('abort', onAbort);
    };
    const onConnected = (): void => {
      isConnected = true;
      clearTimeout(connect);
    };
    const onWritable = (): void => {
      if (request.beforeSend === undefined) onConnected();
      else {
        clearTimeout(connect);
        request.beforeSend().then(() => {
          onConnected();
          outgoing.end(request.body);
        }, end);
      }
    };

    signal.addEventListener('abort', onAbort, { once: true });
    outgoing.on('error', error => fail(codeOf(error), error));
    outgoing.on('socket', socket => {
      if (outgoing.reusedSocket || !socket.connecting) onWritable();
      else socket.once(request.url.protocol === 'https:' ? 'secureConnect' : 'connect', onWritable);
    });
    outgoing.on('response', incoming => {
      onConnected();
      const head = { status: incoming.statusCode ?? 0, headers: flatten(incoming.headers) };
      if (staysOpen && head.status === 200) {
        settle();
        // A connection that breaks before its reader listens is told to the reader, not to the process.
        incoming.on('error', () => undefined);
        resolve({ ...head, text: '', body: incoming });
        return;
      }
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', error => fail(codeOf(error), error));
      incoming.on('end', () => {
        settle();
        resolve({ ...head, text: Buffer.concat(chunks).toString('utf8'), body: undefined });
      });
    });
    if (request.beforeSend === undefined) outgoing.end(request.body);
  });
}
