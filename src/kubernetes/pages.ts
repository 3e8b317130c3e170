import type { ConfigurationOptions } from '@kubernetes/client-node';
import type { KubernetesApi } from './api-call.ts';
import { refused, unintelligible } from './failures.ts';

const PAGE_SIZE = 500;

/** A list whose `continue` token expires (410) is begun again this often. */
const MOST_RESTARTS = 3;

interface Page<Item> {
  metadata?: { _continue?: string };
  items: readonly Item[] | null;
}

/**
 * Reads a whole list in pages and projects each page at once, so that 10,000 pods are never held whole. An expired `continue` (410
 * Gone) begins the list again, three times at most, then KUBERNETES_UNAVAILABLE.
 */
export async function listAll<Item, Fact>(
  api: KubernetesApi,
  what: string,
  signal: AbortSignal,
  request: (page: { limit: number; _continue?: string }, options: ConfigurationOptions) => Promise<Page<Item>>,
  project: (item: Item) => Fact,
): Promise<Fact[]> {
  let facts: Fact[] = [];
  let next: string | undefined;
  for (let restarts = 0; ; ) {
    const page = { limit: PAGE_SIZE, ...(next === undefined ? {} : { _continue: next }) };
    const result = await api.attempt(api.read(what, signal), options => request(page, options));
    if ('status' in result) {
      const isExpired = result.status.code === 410 && next !== undefined;
      if (!isExpired || restarts >= MOST_RESTARTS) throw refused(api.cluster, what, result.status);
      restarts++;
      facts = [];
      next = undefined;
      continue;
    }
    facts.push(...projectPage(api, what, result.value, project));
    const following = result.value.metadata?._continue || undefined;
    if (following === undefined) return facts;
    if (following === next) throw unintelligible(api.cluster, what);
    next = following;
  }
}

function projectPage<Item, Fact>(
  api: KubernetesApi,
  what: string,
  page: Page<Item>,
  project: (item: Item) => Fact,
): Fact[] {
  if (page.items === undefined) throw unintelligible(api.cluster, what);
  try {
    return (page.items ?? []).map(project);
  } catch (error) {
    throw unintelligible(api.cluster, what, error);
  }
}
