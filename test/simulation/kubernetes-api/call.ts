import { type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';

type Access = Omit<RequestOptions, 'headers'> & { headers?: OutgoingHttpHeaders };

/** Where an API server is asked: the simulation's address, or a real one's with what opens it. */
export interface Endpoint {
  /** The URL without a path. */
  vip: string;
  /** Certificates and headers of a real one. */
  access?: Access;
}

export interface Answer {
  code: number;
  text: string;
  /** The body when it is JSON, else {}. */
  json: Record<string, unknown>;
  headers: Headers;
}

export interface CallOptions {
  body?: unknown;
  /** Of the body; null = none is said. */
  type?: string | null;
  accept?: string;
  agent?: string;
}

/** An answer that has begun, and a way to drop it. */
export interface Begun {
  response: IncomingMessage;
  drop: () => void;
}

/** Sends one request and resolves when its answer begins. */
export function begin(api: Endpoint, path: string, options: Access, body = ''): Promise<Begun> {
  const url = new URL(`${api.vip}${path}`);
  const { headers: opening, ...access } = api.access ?? {};
  const headers = {
    ...opening,
    ...options.headers,
    ...(body === '' ? {} : { 'Content-Length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const asked = request(url, { ...access, ...options, headers: headers });
    asked.on('error', reject);
    asked.on('response', response => resolve({ response, drop: () => asked.destroy() }));
    asked.end(body);
  });
}

/** One request to the API, JSON both ways unless said otherwise. */
export async function call(api: Endpoint, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body, type = 'application/json', accept = 'application/json', agent = 'test/1.0' } = options;
  const headers = {
    Accept: accept,
    'User-Agent': agent,
    ...(body === undefined || type === null ? {} : { 'Content-Type': type }),
  };
  const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const { response } = await begin(api, path, { method, headers }, sent);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = response.headers['content-type']?.startsWith('application/json') === true;
  return {
    code: response.statusCode ?? 0,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    headers: new Headers(
      Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]),
    ),
  };
}

export const STRATEGIC = 'application/strategic-merge-patch+json';
export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const APPLY = 'application/apply-patch+yaml';
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
