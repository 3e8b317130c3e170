import type { KubernetesApi } from '../api-call.ts';
import { readStatus } from '../api-status.ts';
import { refused, unintelligible } from '../failures.ts';
import type { ApiRequest } from '../request.ts';
import { compareVersions } from './resource-version.ts';
import { keyOf, type RawObject, type WatchedKind } from './watched-resources.ts';

const PAGE_SIZE = 250;

/** A list whose `continue` token expires (410) is begun again this often. */
const MOST_RESTARTS = 3;

export interface WholeList<Entry> {
  entries: Map<string, Entry>;
  resourceVersion: string;
}

interface RawPage {
  metadata?: { resourceVersion?: string; continue?: string };
  items: readonly RawObject[] | null;
}

function parsePage(text: string): RawPage | undefined {
  try {
    const page: unknown = JSON.parse(text);
    return typeof page === 'object' && page !== null && 'items' in page ? (page as RawPage) : undefined;
  } catch {
    return undefined;
  }
}

/** The request of a kind's list or watch. */
export function requestFor(kind: WatchedKind<unknown>, query: Readonly<Record<string, string>>): ApiRequest {
  return { method: 'GET', path: kind.path, query: { ...kind.query, ...query } };
}

/**
 * Lists a kind as it is now (no resourceVersion: the most recent), in pages that are projected at once and let go: 10,000 pods are
 * never held whole, and no page is so long that parsing it stalls the process.
 * [KUBERNETES_*, TIMEOUT, CANCELLED]
 */
export async function listRaw<Entry>(
  api: KubernetesApi,
  kind: WatchedKind<Entry>,
  signal: AbortSignal,
): Promise<WholeList<Entry>> {
  const list = await listUnless(api, kind, signal, () => false);
  if (list === undefined) throw unintelligible(api.cluster, `list ${kind.resource}`);
  return list;
}

/**
 * As `listRaw`, after a watch that came to version `known` broke. Undefined when the first page shows that the server is there at
 * least and that more pages would follow: watching on costs less than the rest of the list. A server that is behind `known` was
 * restored from a backup: it is listed whole.
 */
export function relistRaw<Entry>(
  api: KubernetesApi,
  kind: WatchedKind<Entry>,
  signal: AbortSignal,
  known: string,
): Promise<WholeList<Entry> | undefined> {
  return listUnless(api, kind, signal, now => (compareVersions(known, now) ?? 1) <= 0);
}

async function listUnless<Entry>(
  api: KubernetesApi,
  kind: WatchedKind<Entry>,
  signal: AbortSignal,
  isEnough: (resourceVersion: string) => boolean,
): Promise<WholeList<Entry> | undefined> {
  const what = `list ${kind.resource}`;
  let entries = new Map<string, Entry>();
  let next: string | undefined;
  for (let restarts = 0; ; ) {
    const query = { limit: String(PAGE_SIZE), ...(next === undefined ? {} : { continue: next }) };
    const answer = await api.transport.send(requestFor(kind, query), api.read(what, signal));
    if (answer.status === 410 && next !== undefined && restarts < MOST_RESTARTS) {
      restarts++;
      entries = new Map();
      next = undefined;
      continue;
    }
    if (answer.status !== 200) throw refused(api.cluster, what, readStatus(answer.status, answer.text, answer.headers));
    const page = parsePage(answer.text);
    const resourceVersion = page?.metadata?.resourceVersion;
    if (page === undefined || !resourceVersion) throw unintelligible(api.cluster, what);
    const following = page.metadata?.continue || undefined;
    if (next === undefined && following !== undefined && isEnough(resourceVersion)) return undefined;
    addTo(entries, api, what, kind, page);
    if (following === undefined) return { entries, resourceVersion };
    if (following === next) throw unintelligible(api.cluster, what);
    next = following;
  }
}

function addTo<Entry>(
  entries: Map<string, Entry>,
  api: KubernetesApi,
  what: string,
  kind: WatchedKind<Entry>,
  page: RawPage,
): void {
  try {
    for (const object of page.items ?? []) entries.set(keyOf(object), kind.project(object));
  } catch (error) {
    throw unintelligible(api.cluster, what, error);
  }
}
