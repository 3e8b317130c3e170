import type { ConfigurationOptions } from '@kubernetes/client-node';
import { DivisionError } from '../errors.ts';
import { type ApiStatus, readStatus } from './api-status.ts';
import { type CallPolicy, PROBE, READ } from './call-policy.ts';
import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  createConfiguration,
  PolicyV1Api,
  ResponseContext,
  ServerConfiguration,
  StorageV1Api,
  VersionApi,
  wrapHttpLibrary,
} from './client-node.ts';
import type { Answer } from './exchange.ts';
import { refused, unintelligible } from './failures.ts';
import { ANY_SERVER, type Call, type Transport } from './transport.ts';

/** What the server made of a call: its object, or its refusal. */
export type Result<T> = { value: T } | { status: ApiStatus };

function asResponse(answer: Answer): ResponseContext {
  return new ResponseContext(answer.status, answer.headers, {
    text: () => Promise.resolve(answer.text),
    binary: () => Promise.resolve(Buffer.from(answer.text)),
  });
}

/** Without the options of `attempt` nothing is sent: the client's own transport has neither deadline nor abort. */
const nothing = wrapHttpLibrary({ send: () => Promise.reject(new TypeError('call made without its options')) });

/** The official client's typed calls of one cluster, sent by our transport. */
export class KubernetesApi {
  readonly cluster: string;
  readonly transport: Transport;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly policy: PolicyV1Api;
  readonly storage: StorageV1Api;
  readonly coordination: CoordinationV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly version: VersionApi;

  constructor(cluster: string, transport: Transport) {
    this.cluster = cluster;
    this.transport = transport;
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(ANY_SERVER, {}),
      httpApi: nothing,
    });
    this.core = new CoreV1Api(configuration);
    this.apps = new AppsV1Api(configuration);
    this.policy = new PolicyV1Api(configuration);
    this.storage = new StorageV1Api(configuration);
    this.coordination = new CoordinationV1Api(configuration);
    this.authorization = new AuthorizationV1Api(configuration);
    this.version = new VersionApi(configuration);
  }

  /**
   * One call; `request` gets the options that make the client use our transport. Refusals other than 401 are values, for callers that
   * tell them apart. Throws what the transport throws, and KUBERNETES_UNAVAILABLE for an answer that is no Kubernetes answer.
   */
  async attempt<T>(call: Call, request: (options: ConfigurationOptions) => Promise<T>): Promise<Result<T>> {
    const httpApi = wrapHttpLibrary({ send: async context => asResponse(await this.transport.send(context, call)) });
    try {
      return { value: await request({ httpApi }) };
    } catch (error) {
      if (error instanceof DivisionError) throw error;
      if (!(error instanceof ApiException)) throw unintelligible(this.cluster, call.what, error);
      const status = readStatus(error.code, error.body, error.headers);
      if (status.code === 401) throw refused(this.cluster, call.what, status);
      return { status };
    }
  }

  /** One call whose every refusal is an error: KUBERNETES_DENIED, KUBERNETES_UNAVAILABLE. */
  async demand<T>(call: Call, request: (options: ConfigurationOptions) => Promise<T>): Promise<T> {
    const result = await this.attempt(call, request);
    if ('status' in result) throw refused(this.cluster, call.what, result.status);
    return result.value;
  }

  /** A read that may find nothing. */
  async find<T>(call: Call, request: (options: ConfigurationOptions) => Promise<T>): Promise<T | undefined> {
    const result = await this.attempt(call, request);
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
}
