import type { ServerResponse } from 'node:http';
import type { KubeObject, StoreEvent } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { readResourceVersion, sendInitialEventsForbidden } from './list.ts';
import type { StreamReply } from './reply.ts';
import type { Target } from './request.ts';
import { apiVersionOf } from './resource.ts';
import { type Selection, selectionOf } from './selection.ts';
import { badRequest, gone, statusOf } from './status.ts';

/** Wall time between bookmarks: the API server's is a minute. */
const BOOKMARK_MS = 60_000;
/** A watch without timeoutSeconds ends by itself after 30 to 60 minutes. */
const LONGEST_WATCH_S = 1800;
/** What setTimeout can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** Turns one object into the text that stands in a watch event: whole, table row or metadata only. */
export type WatchRow = (object: KubeObject) => string;

/** What an event is to a watcher with selectors: an object that leaves the selection is DELETED, one that enters ADDED. */
export function transition(
  event: StoreEvent,
  matches: Selection,
): { type: WatchEventType; object: KubeObject } | undefined {
  const { object, previous } = event;
  const isSelected = matches(object);
  const wasSelected = previous !== undefined && matches(previous);
  if (event.type === 'DELETED') return wasSelected || isSelected ? { type: 'DELETED', object } : undefined;
  if (isSelected) return { type: wasSelected ? 'MODIFIED' : 'ADDED', object };
  if (!wasSelected) return undefined;
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion } } };
}

interface WatchOptions {
  /** Undefined: start with what there is. */
  since: number | undefined;
  timeoutMs: number;
  bookmarks: boolean;
}

function readOptions(query: URLSearchParams): WatchOptions {
  if (query.has('sendInitialEvents')) throw sendInitialEventsForbidden();
  const seconds = query.get('timeoutSeconds');
  if (seconds !== null && !/^\d+$/.test(seconds)) throw badRequest(`timeoutSeconds: invalid syntax: ${seconds}`);
  const asked = readResourceVersion(query.get('resourceVersion'));
  return {
    since: asked === 0 ? undefined : asked,
    timeoutMs: (Number(seconds ?? 0) || LONGEST_WATCH_S) * 1000,
    bookmarks: query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1',
  };
}

/**
 * Serves a watch: replay from a resourceVersion (or the present state first), then live events, a bookmark a minute if
 * asked for, the end after timeoutSeconds (wall time). A version too old is an ERROR event 410 inside the stream. While
 * a fault (api_stale_watch) withholds them nothing is sent; what was withheld follows when it ends.
 */
export function watchReply(
  cluster: ApiCluster,
  node: string,
  target: Target,
  query: URLSearchParams,
  row: WatchRow,
): StreamReply {
  const matches = selectionOf(target, query);
  const options = readOptions(query);
  return { stream: response => run(cluster, target, response, { matches, row, node, ...options }) };
}

function run(
  cluster: ApiCluster,
  { info, namespace }: Target,
  response: ServerResponse,
  {
    matches,
    row,
    node,
    since,
    timeoutMs,
    bookmarks,
  }: WatchOptions & { matches: Selection; row: WatchRow; node: string },
): void {
  const { store } = cluster;
  response.writeHead(200, { 'Cache-Control': 'no-cache, private', 'Content-Type': 'application/json' });
  response.flushHeaders();
  const write = (type: WatchEventType, text: string): void => {
    if (!response.writableEnded && !response.destroyed) response.write(`{"type":"${type}","object":${text}}\n`);
  };
  const tell = (event: StoreEvent): void => {
    if (event.resource !== info.key) return;
    const seen = transition(event, matches);
    if (seen !== undefined) write(seen.type, row(seen.object));
  };
  const isWithheld = (): boolean =>
    cluster.faults.active('api_stale_watch', { node, resource: info.key, verb: 'watch' }) !== undefined;
  let seen = since ?? store.resourceVersion;
  const catchUp = (): void => {
    if (isWithheld()) return;
    const events = store.since(seen);
    if (events === 'expired') {
      write('ERROR', JSON.stringify(statusOf(gone(`too old resource version: ${seen} (${store.resourceVersion})`))));
      response.end();
      return;
    }
    for (const event of events) tell(event);
    seen = Math.max(seen, store.resourceVersion);
  };
  if (since === undefined) {
    for (const object of store.list(info.key, namespace)) if (matches(object)) write('ADDED', row(object));
  }
  catchUp();
  const bookmark = (): void =>
    write(
      'BOOKMARK',
      JSON.stringify({
        kind: info.kind,
        apiVersion: apiVersionOf(info),
        metadata: { resourceVersion: String(store.resourceVersion), creationTimestamp: null },
      }),
    );
  const stops = [
    store.onEvent(event => {
      if (event.resourceVersion > seen) catchUp();
    }),
    cluster.faults.onChange((fault, change) => {
      if (fault.kind === 'api_stale_watch' && change !== 'armed') catchUp();
    }),
  ];
  const finish = (): void => {
    if (bookmarks && !isWithheld()) bookmark();
    response.end();
  };
  const timers = [setTimeout(finish, Math.min(timeoutMs, LONGEST_TIMER_MS))];
  if (bookmarks)
    timers.push(
      setInterval(() => {
        if (!isWithheld()) bookmark();
      }, BOOKMARK_MS),
    );
  response.on('close', () => {
    for (const stop of stops) stop();
    for (const timer of timers) clearTimeout(timer);
  });
}
