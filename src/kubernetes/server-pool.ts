import type * as http from 'node:http';
import type { Credentials } from './credentials.ts';

/** One kube-apiserver and its own kept-alive connections. */
interface Server {
  url: URL;
  agent: { of: http.Agent; fingerprint: string } | undefined;
}

/** The control plane's servers, the last good one first (SAFETY 5). */
export class ServerPool {
  readonly #servers: readonly Server[];
  #lastGood = 0;

  constructor(urls: readonly URL[]) {
    this.#servers = urls.map(url => ({ url, agent: undefined }));
  }

  get urls(): readonly URL[] {
    return this.#servers.map(server => server.url);
  }

  /** Servers in the order to try them. */
  order(): readonly URL[] {
    const at = this.#lastGood;
    return [...this.urls.slice(at, at + 1), ...this.urls.slice(0, at), ...this.urls.slice(at + 1)];
  }

  markGood(url: URL): void {
    const index = this.#servers.findIndex(server => server.url === url);
    if (index >= 0) this.#lastGood = index;
  }

  /** Drops the server's idle sockets, so that a half-open one is not met again, and prefers the next server. */
  markBad(url: URL): void {
    const index = this.#servers.findIndex(server => server.url === url);
    const server = this.#servers[index];
    if (server === undefined) return;
    for (const idle of Object.values(server.agent?.of.freeSockets ?? {}))
      for (const socket of idle ?? []) socket.destroy();
    server.agent = undefined;
    if (index === this.#lastGood) this.#lastGood = (index + 1) % this.#servers.length;
  }

  agent(url: URL, credentials: Credentials): http.Agent {
    const server = this.#servers.find(known => known.url === url);
    const kept = server?.agent;
    if (kept !== undefined && kept.fingerprint === credentials.tlsFingerprint) return kept.of;
    const made = credentials.makeAgent(url);
    if (server !== undefined) server.agent = { of: made, fingerprint: credentials.tlsFingerprint };
    return made;
  }

  close(): void {
    for (const server of this.#servers) server.agent?.of.destroy();
  }
}
