import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Log } from '../ports.ts';
import { CallFault } from './call-fault.ts';
import type { Session } from './session.ts';
import type { Launch } from './stdio-process.ts';

export interface ConnectionLimits {
  /** For the process to start and shake hands: `npx` and `uvx` may have to download it first. */
  startMs: number;
  pingMs: number;
  /** Caps the deadline of every call, whatever its capability says. */
  longestCallMs: number;
  /** Back-off before another start: the first wait and the longest, in milliseconds, jittered by ±50 %. */
  backoffMs: readonly [first: number, longest: number];
  /** A call waits for a start that is due within this; beyond it the contractor counts as unavailable. */
  patienceMs: number;
}

export const defaultLimits: ConnectionLimits = {
  startMs: 45_000,
  pingMs: 5000,
  longestCallMs: 600_000,
  backoffMs: [250, 30_000],
  patienceMs: 3000,
};

/** A life at least this long forgets the failures before it. */
const STABLE_MS = 60_000;

/**
 * The process of one contractor entry for one talosconfig: started by the first call, started again with bounded,
 * jittered back-off after it died. Calls queue here: reads up to the profile's width, dispatches one at a time.
 */
export class Connection {
  readonly name: string;
  readonly limits: ConnectionLimits;
  readonly #launch: Launch;
  readonly #log: Log;
  readonly #reads = new PQueue({ concurrency: 1 });
  readonly #dispatches = new PQueue({ concurrency: 1 });
  #session: Session | undefined;
  #opening: Promise<Session> | undefined;
  #ending: Promise<void> = Promise.resolve();
  #openedAt = 0;
  #failures = 0;
  #notBefore = 0;
  #dispatchesUnderWay = 0;
  readonly #closing = new AbortController();

  constructor(name: string, launch: Launch, options: { log: Log; limits: ConnectionLimits }) {
    this.name = name;
    this.#launch = launch;
    this.#log = options.log;
    this.limits = options.limits;
  }

  /** What its process was started with, beside what every process gets. */
  get environment(): Launch['env'] {
    return this.#launch.env;
  }

  /** The running process, started if need be. Throws CallFault `unsent` or `cancelled`. */
  async session(signal: AbortSignal): Promise<Session> {
    if (this.#closing.signal.aborted) throw new CallFault('unsent', 'the connection was closed');
    if (this.#session && !this.#session.isOpen) this.#retire(this.#session);
    const session = this.#session ?? (await unlessAborted(this.#opened(), signal));
    await session.refresh(this.limits.startMs).catch(() => {
      throw new CallFault('unsent', 'the contractor did not list its tools again');
    });
    this.#reads.concurrency = session.profile?.concurrentReads ?? 1;
    return session;
  }

  /** Runs a read when its turn comes. */
  queueRead<Value>(read: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    return this.#queue(this.#reads, read, signal);
  }

  /** Runs a dispatch when no other is under way; beside reads only if the profile allows it. */
  queueDispatch<Value>(dispatch: () => Promise<Value>, isBesideReads: boolean, signal: AbortSignal): Promise<Value> {
    const counted = async () => {
      this.#dispatchesUnderWay += 1;
      try {
        return await dispatch();
      } finally {
        this.#dispatchesUnderWay -= 1;
      }
    };
    return this.#queue(isBesideReads ? this.#dispatches : this.#reads, counted, signal);
  }

  /** After a missed deadline: a process that is stuck is ended, so that the next call gets a new one; never under a dispatch. */
  async afterDeadline(session: Session): Promise<void> {
    if (this.#session !== session) return;
    const isStuck = session.profile?.restartsAfterDeadline || !(await session.answersPing(this.limits.pingMs));
    if (!isStuck || this.#session !== session || this.#dispatchesUnderWay > 0) return;
    this.#log.warn('contractor_stuck', { contractor: this.name });
    this.#retire(session);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#opening?.catch(() => undefined);
    await this.#session?.close();
    await this.#ending;
  }

  /** While it waits for its turn the signal ends it; once begun it minds the signal itself. */
  #queue<Value>(queue: PQueue, task: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(new CallFault('cancelled', 'cancelled before it was sent'));
      // Many calls of one caller wait here at once: that is no leak, each takes its listener away.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', onAbort, { once: true });
      const begin = async () => {
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) return onAbort();
        await task().then(resolve, reject);
      };
      queue.add(begin).catch(reject);
    });
  }

  /** One start at a time, shared by all who wait for it. */
  #opened(): Promise<Session> {
    if (this.#opening) return this.#opening;
    const opening = this.#start().finally(() => {
      this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
  }

  async #start(): Promise<Session> {
    const waitMs = this.#notBefore - performance.now();
    if (waitMs > this.limits.patienceMs) {
      throw new CallFault(
        'unsent',
        `its process failed ${this.#failures} times; it is started again in ${Math.ceil(waitMs / 1000)} s`,
      );
    }
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    // Never two of one contractor at once.
    await this.#ending;
    if (this.#closing.signal.aborted) throw new CallFault('unsent', 'the connection was closed');
    // The library behind it is loaded with the first contractor that is really called.
    const { Session: Started } = await import('./session.ts');
    try {
      const session = await Started.start(this.name, this.#launch, {
        startMs: this.limits.startMs,
        log: this.#log,
        signal: this.#closing.signal,
      });
      this.#session = session;
      this.#openedAt = performance.now();
      const profile = session.profile?.name ?? 'unknown';
      this.#log.info('contractor_started', { contractor: this.name, profile, tools: session.tools.size });
      return session;
    } catch (error) {
      this.#backOff();
      this.#log.warn('contractor_start_failed', { contractor: this.name, failures: this.#failures });
      throw error;
    }
  }

  /** Forgets a session that ended or has to end. */
  #retire(session: Session): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (performance.now() - this.#openedAt > STABLE_MS) this.#failures = 0;
    this.#backOff();
    this.#log.warn('contractor_ended', { contractor: this.name, failures: this.#failures });
    this.#ending = session.close();
  }

  #backOff(): void {
    const [first, longest] = this.limits.backoffMs;
    const waitMs = Math.min(longest, first * 2 ** this.#failures);
    this.#failures += 1;
    this.#notBefore = performance.now() + waitMs * (0.5 + Math.random());
  }
}

/** The promise's outcome, or CallFault `cancelled` as soon as the signal says so; the work itself goes on. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new CallFault('cancelled', 'cancelled before it was sent'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
