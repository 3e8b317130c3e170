import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import type { KubeContext } from './kubeconfig.ts';

/** Free sockets are closed by us before API servers and load balancers drop them silently. */
const IDLE_SOCKET_MS = 30_000;

/** What a request needs of the kubeconfig's user: headers to send, and how to make its server's agent. */
export interface Credentials {
  headers: Readonly<Record<string, string>>;
  /** Changes exactly when the TLS material does (a rotated client certificate needs new connections). */
  tlsFingerprint: string;
  makeAgent(server: URL): http.Agent;
}

const TLS_MATERIAL = ['ca', 'cert', 'key', 'pfx', 'passphrase'] as const;

/** Credentials are asked for again after this long; a plugin that names no expiry would else run for every request. */
const KEPT_MS = 30_000;

/** Credentials shared by requests, so that an exec plugin runs once for many of them. */
export class CredentialCache {
  readonly #context: KubeContext;
  #kept: { credentials: Promise<Credentials>; untilMs: number } | undefined;

  constructor(context: KubeContext) {
    this.#context = context;
  }

  get(): Promise<Credentials> {
    if (this.#kept !== undefined && performance.now() < this.#kept.untilMs) return this.#kept.credentials;
    const credentials = currentCredentials(this.#context);
    this.#kept = { credentials, untilMs: performance.now() + KEPT_MS };
    credentials.catch(() => this.drop());
    return credentials;
  }

  /** The server no longer accepts them. */
  drop(): void {
    this.#kept = undefined;
  }
}

/**
 * Asks the official client for the context's current credentials: tokens, client certificates, exec plugins and token files are its
 * business, and it refreshes them when they expire. Its errors may quote plugin output: the caller must not pass them on.
 */
async function currentCredentials(context: KubeContext): Promise<Credentials> {
  const options: https.RequestOptions = {};
  await context.kubeConfig.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name] = String(value);
  }
  if (typeof options.auth === 'string') {
    headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  const hash = createHash('sha256');
  for (const name of TLS_MATERIAL) {
    const material = options[name];
    hash.update(`;${name}:`);
    if (typeof material === 'string' || Buffer.isBuffer(material)) hash.update(material);
  }
  return {
    headers,
    tlsFingerprint: hash.digest('hex'),
    makeAgent: server => makeAgent(server, options, context.usesProxy),
  };
}

function makeAgent(server: URL, options: https.RequestOptions, usesProxy: boolean): http.Agent {
  if (usesProxy && options.agent instanceof http.Agent) return options.agent;
  const kept = { keepAlive: true, timeout: IDLE_SOCKET_MS, scheduling: 'lifo' } as const;
  if (server.protocol === 'http:') return new http.Agent(kept);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  return new https.Agent({
    ...kept,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  });
}
