import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const HOST = '127.0.0.1';
/** How long a port that another process took meanwhile is waited for before the next try. */
const REBIND_MS = 200;

/**
 * One address of an API server: while it is down connections are refused and open ones are cut, watches included; it
 * comes back on the same port.
 */
export class Listener {
  readonly #serve: (incoming: IncomingMessage, response: ServerResponse) => void;
  #server: Server | undefined;
  #port = 0;
  #retry: NodeJS.Timeout | undefined;
  #isWanted = false;

  constructor(serve: (incoming: IncomingMessage, response: ServerResponse) => void) {
    this.#serve = serve;
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  /** Takes a free port, or the one it had. Rejects when that is taken by somebody else. */
  async open(): Promise<void> {
    this.#isWanted = true;
    if (this.#server !== undefined) return;
    const server = createServer({ keepAliveTimeout: 60_000 }, this.#serve);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', error => {
        if (this.#server === server) this.#server = undefined;
        reject(error);
      });
      server.listen(this.#port, HOST, () => {
        const address = server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        resolve();
      });
    });
  }

  /** Comes up or goes down; a port that is not free is tried again until it is. */
  set isUp(isUp: boolean) {
    this.#isWanted = isUp;
    if (!isUp) this.#shut();
    else this.open().catch(() => this.#tryLater());
  }

  close(): void {
    this.#isWanted = false;
    this.#shut();
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
