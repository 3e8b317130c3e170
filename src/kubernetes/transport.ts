import type { Log } from '../ports.ts';
import { linkedAbort, orAborted, pause, sharedAbort } from './aborting.ts';
import { retryAfterMs } from './api-status.ts';
import { backoffMs, type CallPolicy } from './call-policy.ts';
import { CredentialCache, type Credentials } from './credentials.ts';
import {
  type Answer,
  type Exchange,
  ExchangeFailure,
  type ExchangeLimits,
  exchange,
  type OpenAnswer,
  openExchange,
} from './exchange.ts';
import { cancelled, noCredentials, timedOut, unreachable } from './failures.ts';
import type { KubeContext } from './kubeconfig.ts';
import { type ApiRequest, bodyOf, headersOf, urlAt } from './request.ts';
import { ServerPool } from './server-pool.ts';

/** A call as its maker describes it. */
export interface Call {
  /** Verb and resource, e.g. "list pods". */
  what: string;
  policy: CallPolicy;
  signal: AbortSignal;
  /** Ask this server and no other. */
  server?: URL;
  /** The last word before each try of the request is sent, on a connection that stands; what it throws is thrown. */
  beforeSend?: () => Promise<void>;
}

/** How one request to one server is made: its whole answer, or one that goes on. */
type Exchanging<A extends Answer> = (request: Exchange, limits: ExchangeLimits, signal: AbortSignal) => Promise<A>;

/** One call under way. The signal aborts with the caller's, at the call's deadline, and when the transport is closed. */
interface Delivery<A extends Answer> {
  call: Call;
  request: ApiRequest;
  exchanging: Exchanging<A>;
  signal: AbortSignal;
  endsAtMs: number;
}

/** What one time through the servers came to; final when repeating is not safe or can't help. */
interface Round<A extends Answer> {
  answer?: A;
  failure?: ExchangeFailure;
  isFinal: boolean;
}

const TRANSIENT_STATUS = new Set([500, 502, 503, 504]);

/** Failures that repeating can't cure: the server does not prove to be who it should be, or does not accept who we are. */
const isPermanent = (failure: ExchangeFailure): boolean => /CERT|TLS|SSL|SIGNATURE/.test(failure.code);

/** Reads repeat any 429 or transient 5xx; other calls only a refusal that names a Retry-After (client-go). */
const isRepeated = (answer: Answer, policy: CallPolicy): boolean =>
  policy.isRepeatable || (policy.honoursRetryAfter && answer.headers['retry-after'] !== undefined);

const waitMs = (answer: Answer | undefined, round: number): number =>
  retryAfterMs(answer?.headers['retry-after'], Date.now()) ?? backoffMs(round, Math.random());

/**
 * Carries requests to one of the cluster's servers: the last good one first, the others when it does not
 * answer (SAFETY 5), with kept-alive connections, deadlines, abort, and client-go's waits on Retry-After, none of which the official
 * client has.
 */
export class Transport {
  readonly pool: ServerPool;
  readonly #cluster: string;
  readonly #cache: CredentialCache;
  readonly #log: Log;
  readonly #closed = sharedAbort();

  constructor(cluster: string, context: KubeContext, log: Log) {
    this.#cluster = cluster;
    this.#cache = new CredentialCache(context);
    this.#log = log;
    this.pool = new ServerPool(context.servers);
  }

  /** Aborts what is under way and closes every connection. */
  close(): void {
    this.#closed.abort();
    this.pool.close();
  }

  /**
   * The answer, whatever its status, once retries are used up. Throws CANCELLED, TIMEOUT (the whole call's deadline),
   * KUBERNETES_UNAVAILABLE (no server answered) or KUBERNETES_DENIED (no credentials to be had).
   */
  send(request: ApiRequest, call: Call): Promise<Answer> {
    return this.#carry(request, call, exchange);
  }

  /**
   * As `send`, for an answer that goes on (a watch): resolves when it begins. A 200 has a `body` that from then on neither the call's
   * deadline nor its signal ends, only whoever reads it, or `close`.
   */
  open(request: ApiRequest, call: Call): Promise<OpenAnswer> {
    return this.#carry(request, call, openExchange);
  }

  async #carry<A extends Answer>(request: ApiRequest, call: Call, exchanging: Exchanging<A>): Promise<A> {
    const { controller, release } = linkedAbort(call.signal, this.#closed.signal);
    const deadline = setTimeout(() => controller.abort(), call.policy.callMs);
    const endsAtMs = performance.now() + call.policy.callMs;
    try {
      return await this.#deliver({ call, request, exchanging, signal: controller.signal, endsAtMs });
    } finally {
      clearTimeout(deadline);
      release();
    }
  }

  async #deliver<A extends Answer>(delivery: Delivery<A>): Promise<A> {
    const { call, signal, endsAtMs } = delivery;
    for (let round = 1; ; round++) {
      const { answer, failure, isFinal } = await this.#askServers(delivery);
      const pauseMs = waitMs(answer, round);
      if (isFinal || round >= call.policy.rounds || performance.now() + pauseMs >= endsAtMs) {
        if (answer !== undefined) return answer;
        throw unreachable(this.#cluster, call.what, failure?.code ?? 'no answer');
      }
      this.#log.debug('kubernetes.retry', {
        cluster: this.#cluster,
        call: call.what,
        status: answer?.status,
        wait_ms: Math.round(pauseMs),
      });
      await pause(pauseMs, signal);
    }
  }

  async #askServers<A extends Answer>(delivery: Delivery<A>): Promise<Round<A>> {
    const { call } = delivery;
    const { policy } = call;
    let answer: A | undefined;
    const failures: ExchangeFailure[] = [];
    for (const server of call.server === undefined ? this.pool.order() : [call.server]) {
      const outcome = await this.#ask(server, delivery);
      if (outcome instanceof ExchangeFailure) {
        if (!policy.isRepeatable && !outcome.isNeverSent) return { failure: outcome, isFinal: true };
        failures.push(outcome);
        continue;
      }
      if (outcome.status === 429) return { answer: outcome, isFinal: !isRepeated(outcome, policy) };
      if (!TRANSIENT_STATUS.has(outcome.status)) return { answer: outcome, isFinal: true };
      if (!policy.isRepeatable) return { answer: outcome, isFinal: !isRepeated(outcome, policy) };
      answer = outcome;
    }
    const failure = failures.at(-1);
    return {
      ...(answer === undefined ? {} : { answer }),
      ...(failure === undefined ? {} : { failure }),
      isFinal: answer === undefined && failures.every(isPermanent),
    };
  }

  /** A 401 means that nothing was done: once more with new credentials, as client-go does, is safe for every verb. */
  async #ask<A extends Answer>(server: URL, delivery: Delivery<A>): Promise<A | ExchangeFailure> {
    const { call, signal } = delivery;
    const credentials = await this.#credentials(delivery);
    try {
      let answer = await this.#exchange(server, delivery, credentials);
      if (answer.status === 401) {
        this.#cache.drop();
        answer = await this.#exchange(server, delivery, await this.#credentials(delivery));
      }
      if (answer.status < 500 && call.server === undefined) this.pool.markGood(server);
      return answer;
    } catch (error) {
      if (signal.aborted) throw this.#stopped(call);
      if (!(error instanceof ExchangeFailure)) throw error;
      this.pool.markBad(server);
      this.#log.warn('kubernetes.server_unreachable', {
        cluster: this.#cluster,
        server: server.host,
        call: call.what,
        code: error.code,
      });
      return error;
    }
  }

  #exchange<A extends Answer>(server: URL, delivery: Delivery<A>, credentials: Credentials): Promise<A> {
    const { request, call, signal } = delivery;
    return delivery.exchanging(
      {
        method: request.method,
        url: urlAt(server, request),
        headers: { ...headersOf(request), ...credentials.headers },
        body: bodyOf(request),
        agent: this.pool.agent(server, credentials),
        beforeSend: call.beforeSend,
      },
      call.policy,
      signal,
    );
  }

  async #credentials({ call, signal }: Delivery<Answer>): Promise<Credentials> {
    try {
      return await orAborted(this.#cache.get(), signal);
    } catch {
      throw signal.aborted ? this.#stopped(call) : noCredentials(this.#cluster);
    }
  }

  #stopped(call: Call): Error {
    if (call.signal.aborted || this.#closed.signal.aborted) return cancelled(this.#cluster, call.what);
    return timedOut(this.#cluster, call.what, call.policy.callMs);
  }
}
