const CHECK_MS = 5_000;
const PATIENCE_MS = 60_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export interface OwnerOptions {
  pid: number;
  /** Grows with each request that is served. */
  requests: () => number;
  /** The owner is gone and nobody has asked for anything for a minute. */
  abandoned: () => void;
  /** Wall ms, for tests. */
  checkMs?: number;
  patienceMs?: number;
}

/** Watches over the process a simulation was started for. */
export class Owner {
  readonly #options: OwnerOptions;
  readonly #timer: NodeJS.Timeout;
  #pid: number;
  #requests = 0;
  #lastSignMs = Date.now();

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.#pid = options.pid;
    this.#timer = setInterval(() => this.#check(), options.checkMs ?? CHECK_MS);
    this.#timer.unref();
  }

  /** Another process takes over. */
  adopt(pid: number): void {
    this.#pid = pid;
    this.#lastSignMs = Date.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const requests = this.#options.requests();
    if (isAlive(this.#pid) || requests !== this.#requests) this.#lastSignMs = Date.now();
    this.#requests = requests;
    if (Date.now() - this.#lastSignMs >= (this.#options.patienceMs ?? PATIENCE_MS)) {
      this.stop();
      this.#options.abandoned();
    }
  }
}
