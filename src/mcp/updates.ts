/**
 * `notifications/resources/updated` in both protocol eras. A 2025-era client names each address by resources/subscribe, which
 * the SDK leaves to the server; for a 2026-07-28 client the stdio entry filters what is sent by its subscriptions/listen.
 */
import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Division } from '../ports.ts';

/** Changes of one address are told at most this often; of one that has to be read from the clusters, this often. */
const TOLD_EVERY_MS = 1000;
const LIVE_TOLD_EVERY_MS = 10_000;
const SUBSCRIPTIONS_MAX = 1000;

/** Calls `tell` at once for the first change of an address and once for all changes of each interval after it. */
export function spacedOut(tell: (address: string) => void, intervalMs: (address: string) => number) {
  const pending = new Map<string, { timer: NodeJS.Timeout; isChanged: boolean }>();
  const start = (address: string): void => {
    tell(address);
    const timer = setTimeout(() => {
      const isChanged = pending.get(address)?.isChanged;
      pending.delete(address);
      if (isChanged) start(address);
    }, intervalMs(address));
    timer.unref();
    pending.set(address, { timer, isChanged: false });
  };
  return {
    changed(address: string): void {
      const waiting = pending.get(address);
      if (waiting === undefined) start(address);
      else waiting.isChanged = true;
    },
    stop(): void {
      for (const { timer } of pending.values()) clearTimeout(timer);
      pending.clear();
    },
  };
}

export interface UpdateOptions {
  era: 'legacy' | 'modern';
  /** Addresses whose content changes with a record's. */
  alsoChanged(address: string): readonly string[];
  isReadLive(address: string): boolean;
  /** Told when a notification could not be sent. */
  onUnexpected(error: unknown, where: string): void;
}

/** Sends updates until the connection closes; `open` gives whose. Call before connecting. */
export function sendUpdates(
  server: McpServer,
  open: () => Promise<Pick<Division, 'onChange'>>,
  options: UpdateOptions,
): void {
  const subscribed = new Set<string>();
  let watching: Promise<() => void> | undefined;
  const spaced = spacedOut(
    uri => {
      if (!server.isConnected()) return;
      server.server
        .sendResourceUpdated({ uri })
        .catch((error: unknown) => options.onUnexpected(error, 'resource update'));
    },
    address => (options.isReadLive(address) ? LIVE_TOLD_EVERY_MS : TOLD_EVERY_MS),
  );
  const tell = (changed: string): void => {
    for (const address of [changed, ...options.alsoChanged(changed)]) {
      if (options.era === 'modern' || subscribed.has(address)) spaced.changed(address);
    }
  };
  const watch = (): Promise<() => void> => {
    watching ??= open().then(division => division.onChange(tell));
    return watching;
  };
  const failed = (error: unknown): void => options.onUnexpected(error, 'resource updates');
  if (options.era === 'modern') watch().catch(failed);
  else {
    server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
      if (subscribed.size >= SUBSCRIPTIONS_MAX && !subscribed.has(params.uri)) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `at most ${SUBSCRIPTIONS_MAX} subscriptions`);
      }
      subscribed.add(params.uri);
      await watch();
      return {};
    });
    server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      subscribed.delete(params.uri);
      return {};
    });
  }
  const closed = server.server.onclose;
  server.server.onclose = () => {
    watching?.then(stop => stop()).catch(failed);
    spaced.stop();
    closed?.();
  };
}
