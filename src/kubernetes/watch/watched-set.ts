import { DivisionError } from '../../errors.ts';
import type { Clock, Log } from '../../ports.ts';
import { pause } from '../aborting.ts';
import type { KubernetesApi } from '../api-call.ts';
import { type ApiStatus, readStatus } from '../api-status.ts';
import { backoffMs, WATCH } from '../call-policy.ts';
import { eventsOf, MalformedEvent, type WatchEvent } from './event-lines.ts';
import { listRaw, relistRaw, requestFor } from './list-raw.ts';
import { compareVersions } from './resource-version.ts';
import { keyOf, type WatchedKind } from './watched-resources.ts';

/** Bounds of a watch, wall time. */
export interface WatchTimes {
  /**
   * Without an event for this long a connection counts as half open, and what is known as too old to use: servers send a bookmark
   * about every 60 s.
   */
  silenceMs: number;
  /** The server is asked to end each watch after this, and up to a fifth less, so that they don't all end at once. */
  watchMs: number;
  /** Between two tries, at most; a longer Retry-After is kept to, up to five minutes. */
  longestPauseMs: number;
}

export const WATCH_TIMES: WatchTimes = { silenceMs: 75_000, watchMs: 30 * 60_000, longestPauseMs: 30_000 };

const LONGEST_RETRY_AFTER_MS = 300_000;

/** What is known of a kind. */
export interface Known<Entry> {
  entries: ReadonlyMap<string, Entry>;
  /** Cluster clock when this was last known current. */
  asOf: number;
}

/** What there is to trust after a watch ended: all; all unless the server is behind it now; nothing. */
type Trust = 'whole' | 'doubtful' | 'none';

interface End {
  trust: Trust;
  reason: string;
  retryAfterMs?: number;
}

/** One kind of one cluster: listed, then watched, again and again until it is stopped. */
export class WatchedSet<Entry> {
  readonly #api: KubernetesApi;
  readonly #kind: WatchedKind<Entry>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #times: WatchTimes;
  #entries = new Map<string, Entry>();
  #resourceVersion: string | undefined;
  #trust: Trust = 'none';
  #isWatching = false;
  #heardAtMs = 0;
  #asOf = 0;
  #failures = 0;

  constructor(
    api: KubernetesApi,
    kind: WatchedKind<Entry>,
    { clock, log, times }: { clock: Clock; log: Log; times: WatchTimes },
  ) {
    this.#api = api;
    this.#kind = kind;
    this.#clock = clock;
    this.#log = log;
    this.#times = times;
  }

  /** Undefined unless a watch is open and the server was heard within the silence bound. */
  get known(): Known<Entry> | undefined {
    const isHeard = performance.now() - this.#heardAtMs <= this.#times.silenceMs;
    return this.#isWatching && isHeard ? { entries: this.#entries, asOf: this.#asOf } : undefined;
  }

  /** Lists and watches until the signal aborts. Never throws for what the cluster does. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const end = await this.#session(signal);
      this.#isWatching = false;
      this.#trust = end.trust;
      if (signal.aborted) return;
      const isOrdinary = end.trust === 'whole' && end.retryAfterMs === undefined && this.#failures === 0;
      const waitMs = isOrdinary ? 0 : this.#pauseMs(end);
      this.#failures++;
      this.#log[isOrdinary ? 'debug' : 'warn']('kubernetes.watch_ended', {
        cluster: this.#api.cluster,
        resource: this.#kind.resource,
        reason: end.reason,
        wait_ms: Math.round(waitMs),
      });
      await pause(waitMs, signal);
    }
  }

  #pauseMs({ retryAfterMs = 0 }: End): number {
    const backoff = backoffMs(this.#failures, Math.random(), this.#times.longestPauseMs);
    return Math.max(backoff, Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS));
  }

  async #session(signal: AbortSignal): Promise<End> {
    try {
      if (this.#trust !== 'whole') await this.#list(signal);
      return await this.#watch(signal);
    } catch (error) {
      if (!(error instanceof DivisionError)) throw error;
      return { trust: this.#trust === 'whole' ? 'doubtful' : this.#trust, reason: error.message };
    }
  }

  /** Replaces everything at once, so that what was deleted meanwhile is gone; or finds that it may be gone on with. */
  async #list(signal: AbortSignal): Promise<void> {
    // What a list shows is at least as new as its beginning.
    const [asOf, heardAtMs] = [this.#clock.now(), performance.now()];
    const known = this.#trust === 'doubtful' ? this.#resourceVersion : undefined;
    const list = await (known === undefined
      ? listRaw(this.#api, this.#kind, signal)
      : relistRaw(this.#api, this.#kind, signal, known));
    this.#trust = 'whole';
    if (list === undefined) return;
    this.#entries = list.entries;
    this.#resourceVersion = list.resourceVersion;
    this.#asOf = asOf;
    this.#heardAtMs = heardAtMs;
  }

  async #watch(signal: AbortSignal): Promise<End> {
    const what = `watch ${this.#kind.resource}`;
    const watchMs = this.#times.watchMs * (1 - Math.random() / 5);
    const request = requestFor(this.#kind, {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.#resourceVersion ?? '',
      timeoutSeconds: String(Math.max(1, Math.round(watchMs / 1000))),
    });
    const answer = await this.#api.transport.open(request, this.#api.write(what, WATCH, signal));
    if (answer.body === undefined) return endOf(readStatus(answer.status, answer.text, answer.headers));
    this.#isWatching = true;
    try {
      for await (const event of eventsOf(answer.body, this.#times.silenceMs, signal)) {
        const end = this.#take(event);
        if (end !== undefined) return end;
      }
      return { trust: 'whole', reason: 'the server ended it' };
    } catch (error) {
      if (error instanceof MalformedEvent || error instanceof TypeError) {
        return { trust: 'none', reason: `unintelligible: ${error.message}` };
      }
      return { trust: 'doubtful', reason: 'the connection broke or fell silent' };
    }
  }

  /** Throws TypeError for what is no object of this kind. */
  #take({ type, object }: WatchEvent): End | undefined {
    if (type === 'ERROR') {
      const { code } = object as { code?: unknown };
      return endOf(readStatus(typeof code === 'number' ? code : 500, object, {}));
    }
    const version = object.metadata?.resourceVersion;
    if (!version) throw new TypeError('event without resourceVersion');
    // A server that goes backwards was restored from a backup: what is known may never have been.
    const order = compareVersions(version, this.#resourceVersion ?? '');
    if (order !== undefined && order < 0) return { trust: 'none', reason: 'resourceVersion went backwards' };
    if (type === 'ADDED' || type === 'MODIFIED') this.#entries.set(keyOf(object), this.#kind.project(object));
    else if (type === 'DELETED') this.#entries.delete(keyOf(object));
    else if (type !== 'BOOKMARK') throw new TypeError('event of unknown type');
    this.#resourceVersion = version;
    this.#heardAtMs = performance.now();
    this.#asOf = this.#clock.now();
    this.#failures = 0;
    return undefined;
  }
}

/** 410: the versions asked for are no longer kept. Other refusals say nothing about what is known; a server that fails may come back restored. */
function endOf({ code, retryAfterMs }: ApiStatus): End {
  return {
    trust: code === 410 ? 'none' : code < 500 ? 'whole' : 'doubtful',
    reason: `the server answered ${code}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
