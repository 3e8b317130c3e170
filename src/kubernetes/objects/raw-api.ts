import type { KubernetesApi } from '../api-call.ts';
import { type ApiStatus, clipped, readStatus } from '../api-status.ts';
import { refused, unintelligible } from '../failures.ts';
import type { ApiRequest } from '../request.ts';
import type { Call } from '../transport.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export type RawRequest = ApiRequest;

/** An object with the HTTP status it came with and the server's warnings, or a refusal. */
export type RawResult = { value: JsonObject; code: number; warnings: readonly string[] } | { status: ApiStatus };

const WARNING = /299 \S+ "((?:[^"\\]|\\.)*)"/g;
const MOST_WARNINGS = 20;

const warningsOf = (header: string | undefined): string[] =>
  [...(header ?? '').matchAll(WARNING)]
    .slice(0, MOST_WARNINGS)
    .map(([, text = '']) => clipped(text.replace(/\\(.)/g, '$1')));

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One call of any resource, as JSON, with its status and warnings. Refusals other than 401 are values. [KUBERNETES_*, TIMEOUT, CANCELLED]
 */
export async function callRaw(api: KubernetesApi, call: Call, request: RawRequest): Promise<RawResult> {
  const answer = await api.transport.send(request, call);
  if (answer.status >= 200 && answer.status < 300) {
    const value = parsed(answer.text);
    if (value === undefined) throw unintelligible(api.cluster, call.what);
    return { value, code: answer.status, warnings: warningsOf(answer.headers.warning) };
  }
  const status = readStatus(answer.status, answer.text, answer.headers);
  if (status.code === 401) throw refused(api.cluster, call.what, status);
  return { status };
}

/** The object, or undefined for 404 NotFound; any other refusal is an error. */
export async function findRaw(api: KubernetesApi, call: Call, path: string): Promise<JsonObject | undefined> {
  const result = await callRaw(api, call, { method: 'GET', path });
  if ('value' in result) return result.value;
  if (result.status.code === 404 && result.status.reason === 'NotFound') return undefined;
  throw refused(api.cluster, call.what, result.status);
}
