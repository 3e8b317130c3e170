/** "Upgrade production to v1.29": which clusters, which of the two versions, and whether there is a way to it. */
import { Draft } from './draft.ts';
import type { Item } from './items.ts';
import type { KnownCluster } from './model.ts';
import type { Request } from './request.ts';
import { clusterNamed, clusterNames, isOneList, mentions, takeClusters } from './subjects.ts';
import { judgePath, type Product, productOf, targetCandidates } from './version-choice.ts';

const isSilent = ({ concept = '' }: Item): boolean =>
  ['filler', 'kubernetes', 'talos', 'cluster', 'joins'].includes(concept);

/** The item before this one that says something. */
function wordBefore(items: readonly Item[], at: number): Item | undefined {
  for (let index = at - 1; index >= 0; index -= 1) {
    const item = items[index];
    if (item !== undefined && !isSilent(item)) return item;
  }
  return undefined;
}

interface Versions {
  from: string[];
  to: string[];
}

function versionsOf({ items }: Request): Versions {
  const found: Versions = { from: [], to: [] };
  for (const [at, item] of items.entries()) {
    if (item.kind !== 'version') continue;
    const before = wordBefore(items, at);
    const next = items[at + 1];
    const isArrow = next?.text === '→' && items[at + 2]?.kind === 'version';
    const isFrom = isArrow || before?.concept === 'from' || (before?.concept === 'of' && before.text !== 'of');
    (isFrom ? found.from : found.to).push(item.text);
  }
  return { from: [...new Set(found.from)], to: [...new Set(found.to)] };
}

/** A "from" that no version follows means something else: from staging, from scratch. */
const hasOtherFrom = ({ items }: Request): boolean =>
  items.some(
    (item, at) => item.concept === 'from' && items.slice(at + 1).find(next => !isSilent(next))?.kind !== 'version',
  );

/** Staging before production (seed 259): waves go by it whatever the order of the words. */
const inWaves = (clusters: readonly KnownCluster[]): KnownCluster[] =>
  [...clusters].sort((left, right) =>
    left.environment === right.environment
      ? left.name < right.name
        ? -1
        : 1
      : left.environment === 'staging'
        ? -1
        : 1,
  );

function clustersOf(draft: Draft, request: Request): KnownCluster[] {
  const { concepts } = request;
  const named = takeClusters(draft, request, 'clusters', false);
  if (named.length === 0) {
    if (
      concepts.has('all') &&
      concepts.has('cluster') &&
      !concepts.has('node') &&
      mentions(request, 'cluster').length === 0
    ) {
      return inWaves(request.world.clusters);
    }
    draft.lacks('clusters', 'which clusters?', clusterNames(request));
    return [];
  }
  const chosen = named.flatMap(name => clusterNamed(request, name) ?? []);
  const waves = inWaves(chosen);
  if (concepts.has('all') && concepts.has('cluster') && !concepts.has('node')) {
    const alike = request.world.clusters.filter(({ environment }) =>
      chosen.some(each => each.environment === environment),
    );
    if (alike.length > chosen.length)
      draft.lacks(
        'clusters',
        'all of which clusters?',
        alike.map(({ name }) => name),
      );
  }
  if (!isOneList(request)) draft.lacks('clusters', 'the same for each of them?', named);
  if (concepts.has('sequence') && waves.some((cluster, index) => cluster !== chosen[index])) {
    draft.lacks(
      'clusters',
      'staging comes before production',
      waves.map(({ name }) => name),
    );
  }
  return waves;
}

/** What the words say it is, else what the clusters could be brought to. */
function chooseProduct(
  draftLacks: (candidates: readonly string[]) => void,
  request: Request,
  clusters: readonly KnownCluster[],
  to: string | undefined,
): Product | undefined {
  const [isTalos, isKubernetes] = [request.concepts.has('talos'), request.concepts.has('kubernetes')];
  if (isTalos !== isKubernetes) return isTalos ? 'talos' : 'kubernetes';
  const chosen =
    isTalos || to === undefined ? undefined : productOf(clusters.length > 0 ? clusters : request.world.clusters, to);
  if (chosen === undefined) draftLacks(['kubernetes_upgrade', 'talos_upgrade']);
  return chosen;
}

function checkWhole(draft: Draft, request: Request): void {
  const node = request.items.find(({ concept }) => concept === 'node');
  if (node !== undefined && !/s$|knoten|noeuds/.test(node.text) && !request.concepts.has('all')) {
    draft.lacks(
      'request',
      'one node or all of them? A part of a cluster is upgraded with rolling_upgrade and its node_selector',
    );
  }
  if (hasOtherFrom(request)) draft.lacks('request', 'from what?');
}

function takeTarget(
  draft: Draft,
  request: Request,
  product: Product,
  clusters: readonly KnownCluster[],
  { from, to }: Versions,
): void {
  const [target] = to;
  const [stated] = from;
  if (target === undefined || to.length > 1 || from.length > 1) {
    const values = to.length > 1 ? to : targetCandidates(product, clusters);
    draft.lacks('to_version', to.length > 1 ? 'one version for all' : 'to which version?', values);
    return;
  }
  if (request.concepts.has('latest'))
    draft.lacks('to_version', 'the latest, or this one?', [target, ...targetCandidates(product, clusters)]);
  for (const cluster of clusters) {
    const judged = judgePath(product, cluster, target, stated);
    if (judged?.outcome === 'refused') draft.refuse(judged.reason, judged.rule);
    else if (judged !== undefined) draft.lacks(judged.field, judged.reason, judged.values);
  }
  if (clusters.length === 0 && stated !== undefined) {
    const judged = judgePath(product, undefined, target, stated);
    if (judged?.outcome === 'refused') draft.refuse(judged.reason, judged.rule);
  }
  draft.set('to_version', target, target);
}

/** Kubernetes or Talos by the words, else by which of the two the version can be; neither sure: both are candidates. */
export function draftUpgrade(request: Request): Draft {
  const versions = versionsOf(request);
  const probe = new Draft('kubernetes_upgrade');
  const clusters = clustersOf(probe, request);
  let unsure: readonly string[] = [];
  const product = chooseProduct(candidates => (unsure = candidates), request, clusters, versions.to[0]);
  const draft = new Draft(product === 'talos' ? 'talos_upgrade' : 'kubernetes_upgrade');
  clustersOf(draft, request);
  if (clusters.length > 0)
    draft.set(
      'clusters',
      clusters.map(({ name }) => name),
      clusters.map(({ name }) => name).join(', '),
    );
  if (unsure.length > 0) draft.lacks('playbook', 'Kubernetes or Talos?', unsure);
  checkWhole(draft, request);
  if (product !== undefined || versions.to.length !== 1)
    takeTarget(draft, request, product ?? 'kubernetes', clusters, versions);
  else if (versions.to[0] !== undefined) draft.set('to_version', versions.to[0], versions.to[0]);
  if (request.concepts.has('accepts_outage')) draft.set('accept_api_outage', true, 'said so');
  if (request.concepts.has('canary')) {
    if (product === 'talos') draft.set('canary', true, 'said so');
    else draft.lacks('request', 'a canary is a matter of a Talos upgrade');
  }
  return draft;
}
