/** The simulated API servers without a network: what the product's own client sends is answered by the simulation's functions. */
import { KubernetesApi } from '../../../src/kubernetes/api-call.ts';
import { KubeConfig } from '../../../src/kubernetes/client-node.ts';
import type { Answer } from '../../../src/kubernetes/exchange.ts';
import { unreachable } from '../../../src/kubernetes/failures.ts';
import { bodyOf, headersOf, type ApiRequest as SentRequest, urlAt } from '../../../src/kubernetes/request.ts';
import { type Call, Transport } from '../../../src/kubernetes/transport.ts';
import type { ClusterConfig } from '../../../src/model/config.ts';
import type { Clock, Log } from '../../../src/ports.ts';
import { discoveryReply } from '../../../src/simulation/kubernetes-api/discovery.ts';
import { strike } from '../../../src/simulation/kubernetes-api/edge-faults.ts';
import { healthReply, versionOf } from '../../../src/simulation/kubernetes-api/health.ts';
import { jsonReply, type Reply, refusalReply, type TextReply } from '../../../src/simulation/kubernetes-api/reply.ts';
import { type ApiRequest, resourceLabel, targetOf } from '../../../src/simulation/kubernetes-api/request.ts';
import { resourceReply } from '../../../src/simulation/kubernetes-api/resource-requests.ts';
import { ApiError, noSuchPath } from '../../../src/simulation/kubernetes-api/status.ts';
import { isWrite, requireStorage } from '../../../src/simulation/kubernetes-api/storage-faults.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';

/** Control plane nodes by the address of their API server. */
const nodesByHost = (cluster: SimCluster): Map<string, string> =>
  new Map(
    [...cluster.machines.values()].filter(({ role }) => role === 'controlplane').map(({ ip, name }) => [ip, name]),
  );

const ANY_SERVER = new URL('https://kubernetes.invalid');

function requestTo(node: string, sent: SentRequest): ApiRequest {
  const url = urlAt(ANY_SERVER, sent);
  const headers = new Map(Object.entries(headersOf(sent)).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    node,
    method: sent.method,
    segments: url.pathname.split('/').filter(Boolean).map(decodeURIComponent),
    query: url.searchParams,
    accept: headers.get('accept') ?? '',
    contentType: headers.get('content-type') ?? '',
    userAgent: headers.get('user-agent') ?? '',
    body: Buffer.from(bodyOf(sent) ?? ''),
  };
}

function answerOf({ code, text, headers = {} }: TextReply): Answer {
  const whole = typeof text === 'string' ? text : Buffer.isBuffer(text) ? text.toString() : [...text].join('');
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    status: code,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(lowerCased) },
    text: whole,
  };
}

interface Surroundings {
  clock: Clock;
  log: Log;
  /** Passes each request on, or keeps it: the process that sends it may be dead. */
  guard<T>(act: () => Promise<T>): Promise<T>;
}

class WorldTransport extends Transport {
  readonly #sim: SimCluster;
  readonly #hosts: Map<string, string>;
  readonly #around: Surroundings;

  constructor(sim: SimCluster, config: ClusterConfig, around: Surroundings) {
    const servers = config.kubernetes.servers.map(server => new URL(server));
    super(sim.name, { kubeConfig: new KubeConfig(), servers, usesProxy: false }, around.log);
    this.#sim = sim;
    this.#hosts = nodesByHost(sim);
    this.#around = around;
  }

  /** One request to one server that is up, without repeating: what fails is looked at in the operation's next turn. */
  override send(sent: SentRequest, call: Call): Promise<Answer> {
    return this.#around.guard(async () => {
      const server = call.server === undefined ? this.#firstUp() : this.#hosts.get(call.server.hostname);
      if (server === undefined || !this.#sim.apiServerIsUp(server)) throw this.#lost(call, 'ECONNREFUSED');
      await call.beforeSend?.();
      return await this.#serve(requestTo(server, sent), call);
    });
  }

  #firstUp(): string | undefined {
    return [...this.#hosts.values()].find(node => this.#sim.apiServerIsUp(node));
  }

  #lost(call: Call, code: string): Error {
    return unreachable(this.#sim.name, call.what, code);
  }

  async #serve(request: ApiRequest, call: Call): Promise<Answer> {
    const cluster = this.#sim;
    try {
      const target = targetOf(request);
      const scope = {
        node: request.node,
        verb: target?.verb ?? request.method.toLowerCase(),
        resource: resourceLabel(request, target),
      };
      cluster.ledger.apiRequest(scope.verb, scope.resource);
      for (const fault of strike(cluster, scope)) {
        if ('delayMs' in fault) await this.#around.clock.sleep(fault.delayMs, call.signal);
        else if ('refusal' in fault) throw fault.refusal;
        else throw this.#lost(call, 'ECONNRESET');
      }
      if (target !== undefined) requireStorage(cluster, request, target);
      const reply = target === undefined ? this.#other(request) : resourceReply(cluster, request, target);
      const isLost = isWrite(scope.verb) && cluster.faults.take('api_lost_answer', scope) !== undefined;
      if (isLost || 'stream' in reply) throw this.#lost(call, 'ECONNRESET');
      return answerOf(reply);
    } catch (error) {
      if (error instanceof ApiError) return answerOf(refusalReply(error));
      throw error;
    }
  }

  /** What is no resource, as far as the product asks for it. */
  #other({ node, segments, query, accept }: ApiRequest): Reply {
    if (segments[0] === 'api' || segments[0] === 'apis') return discoveryReply(segments, accept);
    if (segments[0] === 'version') return jsonReply(200, versionOf(this.#sim.apiServerVersion(node)));
    if (segments[0] === 'readyz') return healthReply(this.#sim, node, segments, query);
    throw noSuchPath();
  }
}

/** The product's client of a cluster, over the simulation's functions. */
export const worldApi = (sim: SimCluster, config: ClusterConfig, around: Surroundings): KubernetesApi =>
  new KubernetesApi(sim.name, new WorldTransport(sim, config, around));
