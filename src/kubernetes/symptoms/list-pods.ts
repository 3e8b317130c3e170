import { type JsonObject, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import type { PodSymptoms } from '../../model/symptoms.ts';
import type { KubernetesApi } from '../api-call.ts';
import { unintelligible } from '../failures.ts';
import { podSymptoms } from './pod-symptoms.ts';

const PAGE_SIZE = '250';
/** Pages of pods that are looked through. */
const PAGES_MAX = 40;

/** A projection that fails means that the answer was no such object. */
export function project<Item, Fact>(
  api: KubernetesApi,
  what: string,
  items: readonly Item[],
  projection: (item: Item) => Fact,
): Fact[] {
  try {
    return items.map(projection);
  } catch (error) {
    throw unintelligible(api.cluster, what, error);
  }
}

/** Every pod of a list, in pages; 10,000 at most. */
export async function listPods(
  api: KubernetesApi,
  { path, query }: { path: string; query: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<PodSymptoms[]> {
  const what = 'list pods';
  const pods: PodSymptoms[] = [];
  let next: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const paged = { ...query, limit: PAGE_SIZE, ...(next !== undefined && { continue: next }) };
    const list = await api.demand<JsonObject>(api.read(what, signal), { method: 'GET', path, query: paged });
    pods.push(...project(api, what, objectsAt(list, 'items'), podSymptoms));
    next = textAt(list, 'metadata', 'continue') || undefined;
    if (next === undefined) break;
  }
  return pods;
}
