import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const HOST = '127.0.0.1';
/** Below every system's ephemeral range: while a listener is down nobody is given its port by chance. */
const PORTS = { from: 20_000, to: 32_000 };
const PORT_TRIES = 50;
/** How long a port that another process took meanwhile is waited for before the next try. */
const REBIND_MS = 200;

type Serve = (incoming: IncomingMessage, response: ServerResponse) => void;

/**
 * One address of an API server: while it is down connections are refused and open ones are cut, watches included; it
 * comes back on the same port.
 */
export class Listener {
  readonly #serve: Serve;
  #server: Server | undefined;
  #port: number | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isWanted = false;

  constructor(serve: Serve) {
    this.#serve = serve;
  }

  get url(): string {
    return `http://${HOST}:${this.#port ?? 0}`;
  }

  /** Takes a free port. Rejects when none of many tried is free. */
  async open(): Promise<void> {
    this.#isWanted = true;
    for (let tried = 1; this.#port === undefined; tried += 1) {
      const port = randomInt(PORTS.from, PORTS.to);
      try {
        await this.#listen(port);
        this.#port = port;
      } catch (error) {
        if (tried === PORT_TRIES) throw error;
      }
    }
  }

  /** Comes up or goes down; a port that is not free is tried again until it is. */
  set isUp(isUp: boolean) {
    this.#isWanted = isUp;
    if (!isUp) this.#shut();
    else if (this.#server === undefined && this.#port !== undefined)
      this.#listen(this.#port).catch(() => this.#tryLater());
  }

  close(): void {
    this.#isWanted = false;
    this.#shut();
  }

  #listen(port: number): Promise<void> {
    const server = createServer({ keepAliveTimeout: 60_000 }, this.#serve);
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', error => {
        if (this.#server === server) this.#server = undefined;
        reject(error);
      });
      server.listen(port, HOST, resolve);
    });
  }

  #tryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#isWanted) this.isUp = true;
    }, REBIND_MS);
    this.#retry.unref();
  }

  #shut(): void {
    clearTimeout(this.#retry);
    const server = this.#server;
    this.#server = undefined;
    server?.close();
    server?.closeAllConnections();
  }
}
