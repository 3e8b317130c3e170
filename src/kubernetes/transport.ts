import type { RequestContext } from '@kubernetes/client-node';
import type { Log } from '../ports.ts';
import { linkedAbort, orAborted, pause, sharedAbort } from './aborting.ts';
import { retryAfterMs } from './api-status.ts';
import { backoffMs, type CallPolicy } from './call-policy.ts';
import { CredentialCache, type Credentials } from './credentials.ts';
import { type Answer, ExchangeFailure, exchange } from './exchange.ts';
import { cancelled, noCredentials, timedOut, unreachable } from './failures.ts';
import type { KubeContext } from './kubeconfig.ts';
import { ServerPool } from './server-pool.ts';

/** The address requests are made for before a server is chosen; never sent anywhere. */
export const ANY_SERVER = 'https://kubernetes.invalid';

/** A call as its maker describes it. */
export interface Call {
  /** Verb and resource, e.g. "list pods". */
  what: string;
  policy: CallPolicy;
  signal: AbortSignal;
  /** Ask this server and no other. */
  server?: URL;
}

/** One call under way. The signal aborts with the caller's, at the call's deadline, and when the transport is closed. */
interface Delivery {
  call: Call;
  request: RequestContext;
  signal: AbortSignal;
  endsAtMs: number;
}

/** What one time through the servers came to; final when repeating is not safe or can't help. */
interface Round {
  answer?: Answer;
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
 * Carries the official client's requests to one of the cluster's servers: the last good one first, the others when it does not
 * answer (SAFETY 5), with kept-alive connections, deadlines, abort, and client-go's waits on Retry-After, none of which the client has.
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
  async send(request: RequestContext, call: Call): Promise<Answer> {
    const { controller, release } = linkedAbort(call.signal, this.#closed.signal);
    const deadline = setTimeout(() => controller.abort(), call.policy.callMs);
    const endsAtMs = performance.now() + call.policy.callMs;
    try {
      return await this.#deliver({ call, request, signal: controller.signal, endsAtMs });
    } finally {
      clearTimeout(deadline);
      release();
    }
  }

  async #deliver(delivery: Delivery): Promise<Answer> {
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

  async #askServers(delivery: Delivery): Promise<Round> {
    const { call } = delivery;
    const { policy } = call;
    let answer: Answer | undefined;
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
  async #ask(server: URL, delivery: Delivery): Promise<Answer | ExchangeFailure> {
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

  #exchange(server: URL, { request, call, signal }: Delivery, credentials: Credentials): Promise<Answer> {
    const body = request.getBody();
    return exchange(
      {
        method: request.getHttpMethod(),
        url: new URL(server.href.replace(/\/$/, '') + request.getUrl().slice(ANY_SERVER.length)),
        headers: { ...request.getHeaders(), ...credentials.headers },
        body: typeof body === 'string' ? body : undefined,
        agent: this.pool.agent(server, credentials),
      },
      call.policy,
      signal,
    );
  }

  async #credentials({ call, signal }: Delivery): Promise<Credentials> {
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
