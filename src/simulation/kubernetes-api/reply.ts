import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import type { KubeObject } from '../world/store.ts';
import { objectText } from './serialise.ts';
import { type ApiError, statusOf } from './status.ts';

/** An answer that is complete. */
export interface TextReply {
  code: number;
  /** Text, bytes that are none, or the pieces of a long text. */
  text: string | Buffer | Iterable<string>;
  contentType?: string;
  headers?: Record<string, string>;
}

/** An answer that goes on: a watch, a followed log. It ends itself and stops when the response closes. */
export interface StreamReply {
  stream(response: ServerResponse): void;
}

export type Reply = TextReply | StreamReply;

/** JSON as the API server writes it: with a newline at the end. */
export const jsonReply = (code: number, value: unknown): TextReply => ({ code, text: `${JSON.stringify(value)}\n` });

export const objectReply = (code: number, object: KubeObject): TextReply => ({ code, text: `${objectText(object)}\n` });

export const plainReply = (code: number, text: string): TextReply => ({
  code,
  text,
  contentType: 'text/plain; charset=utf-8',
});

/** A refusal, with Retry-After where its details name one. */
export function refusalReply(error: ApiError): TextReply {
  const seconds = error.details?.retryAfterSeconds;
  const reply = jsonReply(error.code, statusOf(error));
  return seconds === undefined ? reply : { ...reply, headers: { 'Retry-After': String(seconds) } };
}

const PIECE_CHARACTERS = 2 ** 19;

/** The pieces joined to fewer and longer ones. */
function* joined(pieces: Iterable<string>): Generator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE_CHARACTERS) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Writes as fast as the reader takes it, in chunks, as the API server does with what is long. */
function sendPieces(response: ServerResponse, pieces: Iterable<string>, headers: Record<string, string>, code: number) {
  response.writeHead(code, headers);
  // A reader that goes away ends it too: there is nobody left to tell.
  pipeline(Readable.from(joined(pieces), { highWaterMark: 1 }), response, () => {});
}

/** Writes a complete answer. */
export function sendText(response: ServerResponse, reply: TextReply): void {
  const headers = {
    'Cache-Control': 'no-cache, private',
    'Content-Type': reply.contentType ?? 'application/json',
    ...reply.headers,
  };
  if (typeof reply.text !== 'string' && !Buffer.isBuffer(reply.text)) {
    sendPieces(response, reply.text, headers, reply.code);
    return;
  }
  const bytes = typeof reply.text === 'string' ? Buffer.from(reply.text, 'utf8') : reply.text;
  response.writeHead(reply.code, { ...headers, 'Content-Length': bytes.length });
  response.end(bytes);
}
