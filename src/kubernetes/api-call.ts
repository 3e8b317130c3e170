import { type ApiStatus, readStatus } from './api-status.ts';
import { type CallPolicy, PROBE, READ } from './call-policy.ts';
import type { Answer } from './exchange.ts';
import { refused, unintelligible } from './failures.ts';
import type { ApiRequest } from './request.ts';
import type { Call, Transport } from './transport.ts';

/** What the server made of a call: its object, or its refusal. */
export type Result<T> = { value: T } | { status: ApiStatus };

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Calls of one cluster over our transport. Objects are the JSON that the official client's types describe, whose times are text here:
 * its own calls are a megabyte of code to load and make class instances of everything they read.
 */
export class KubernetesApi {
  readonly cluster: string;
  readonly transport: Transport;

  constructor(cluster: string, transport: Transport) {
    this.cluster = cluster;
    this.transport = transport;
  }

  /**
   * One call. Refusals other than 401 are values, for callers that tell them apart. Throws what the transport throws, and
   * KUBERNETES_UNAVAILABLE for an answer that is no Kubernetes answer. `T` is what the API documents for the request: nothing checks it.
   */
  async attempt<T extends object>(call: Call, request: ApiRequest): Promise<Result<T>> {
    const answer = await this.transport.send(request, call);
    if (answer.status >= 200 && answer.status <= 299) return { value: this.#objectOf(answer, call.what) as T };
    const status = readStatus(answer.status, answer.text, answer.headers);
    if (status.code === 401) throw refused(this.cluster, call.what, status);
    return { status };
  }

  /** One call whose every refusal is an error: KUBERNETES_DENIED, KUBERNETES_UNAVAILABLE. */
  async demand<T extends object>(call: Call, request: ApiRequest): Promise<T> {
    const result = await this.attempt<T>(call, request);
    if ('status' in result) throw refused(this.cluster, call.what, result.status);
    return result.value;
  }

  /** A read that may find nothing. */
  async find<T extends object>(call: Call, request: ApiRequest): Promise<T | undefined> {
    const result = await this.attempt<T>(call, request);
    if ('value' in result) return result.value;
    if (result.status.code === 404 && result.status.reason === 'NotFound') return undefined;
    throw refused(this.cluster, call.what, result.status);
  }

  read(what: string, signal: AbortSignal): Call {
    return { what, policy: READ, signal };
  }

  probe(what: string, server: URL, signal: AbortSignal): Call {
    return { what, policy: PROBE, signal, server };
  }

  write(what: string, policy: CallPolicy, signal: AbortSignal): Call {
    return { what, policy, signal };
  }

  #objectOf({ text }: Answer, what: string): object {
    const object = parseObject(text);
    if (object === undefined) throw unintelligible(this.cluster, what);
    return object;
  }
}
