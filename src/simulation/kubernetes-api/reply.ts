import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../world/store.ts';
import { objectText } from './serialise.ts';
import { type ApiError, statusOf } from './status.ts';

/** An answer that is complete. */
export interface TextReply {
  code: number;
  /** Text, or bytes that are none. */
  text: string | Buffer;
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

/** Writes a complete answer. */
export function sendText(response: ServerResponse, reply: TextReply): void {
  const bytes = typeof reply.text === 'string' ? Buffer.from(reply.text, 'utf8') : reply.text;
  response.writeHead(reply.code, {
    'Cache-Control': 'no-cache, private',
    'Content-Type': reply.contentType ?? 'application/json',
    'Content-Length': bytes.length,
    ...reply.headers,
  });
  response.end(bytes);
}
