import type { KubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';

export interface Answer {
  code: number;
  text: string;
  /** The body when it is JSON, else {}. */
  json: Record<string, unknown>;
  headers: Headers;
}

export interface CallOptions {
  body?: unknown;
  type?: string;
  accept?: string;
  agent?: string;
}

/** One request to the API, JSON both ways unless said otherwise. */
export async function call(
  api: KubernetesApi,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const { body, type = 'application/json', accept = 'application/json', agent = 'test/1.0' } = options;
  const response = await fetch(`${api.vip}${path}`, {
    method,
    headers: { Accept: accept, 'User-Agent': agent, ...(body === undefined ? {} : { 'Content-Type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    code: response.status,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    headers: response.headers,
  };
}

export const STRATEGIC = 'application/strategic-merge-patch+json';
export const MERGE = 'application/merge-patch+json';
export const APPLY = 'application/apply-patch+yaml';
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
