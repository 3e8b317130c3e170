import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { WatchTimes } from '../../../src/kubernetes/watch/watched-set.ts';
import { list, pod } from '../api-objects.ts';
import { connect, recordingLog } from '../cluster-fixture.ts';
import { loopback } from '../loopback.ts';
import { QUICK } from './watch-fixture.ts';

/** One request for pods as it came, and when. */
export interface Asked {
  isWatch: boolean;
  query: URLSearchParams;
  atMs: number;
}

/** Answers one list or watch of pods. */
export type Script = (response: ServerResponse, asked: Asked) => void;

export const event = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

export const podAt = (name: string, resourceVersion: string) => pod(name, { metadata: { resourceVersion } });

export const bookmark = (resourceVersion: string): string =>
  event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion } });

export const listed =
  (resourceVersion: string, ...names: string[]): Script =>
  response => {
    const items = names.map(name => podAt(name, resourceVersion));
    response.end(JSON.stringify({ ...list(items), metadata: { resourceVersion } }));
  };

/** Begins a watch with these texts and keeps it open. */
export const streamed =
  (...texts: string[]): Script =>
  response => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    for (const text of texts) response.write(text);
  };

export const refused =
  (code: number, headers: Record<string, string> = {}): Script =>
  response => {
    response.writeHead(code, headers);
    response.end(JSON.stringify({ kind: 'Status', code, reason: '', message: '' }));
  };

/** An API server whose lists and watches of pods follow scripts, the last of each for ever; all else is there and quiet. */
export async function scriptedWatch(scripts: { lists: Script[]; watches: Script[] }, watchTimes: WatchTimes = QUICK) {
  const asked: Asked[] = [];
  const { url } = await loopback((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://api');
    const isWatch = query.get('watch') === 'true';
    if (pathname === '/api/v1/pods') {
      const before = asked.filter(other => other.isWatch === isWatch).length;
      const now = { isWatch, query, atMs: performance.now() };
      asked.push(now);
      const of = isWatch ? scripts.watches : scripts.lists;
      (of[before] ?? of.at(-1) ?? refused(500))(response, now);
      return;
    }
    if (isWatch) {
      const beat = setInterval(() => response.write(bookmark('1')), 100);
      response.on('close', () => clearInterval(beat));
      streamed(bookmark('1'))(response, { isWatch, query, atMs: 0 });
      return;
    }
    const items = pathname === '/api/v1/namespaces' ? [{ metadata: { name: 'kube-system', uid: 'cluster-uid' } }] : [];
    response.end(JSON.stringify(list(items)));
  });
  const log = recordingLog();
  const { watch } = await connect({ servers: [url], log: log.log, watchTimes });
  onTestFinished(watch.hold());
  const reasons = () =>
    log.lines
      .filter(({ event: name, fields }) => name === 'kubernetes.watch_ended' && fields?.resource === 'pods')
      .map(({ fields }) => String(fields?.reason));
  return { watch, asked, reasons };
}
