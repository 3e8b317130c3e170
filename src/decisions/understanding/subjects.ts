/** Which of the things that exist a request names; never one that doesn't. */
import type { Draft } from './draft.ts';
import type { Item } from './items.ts';
import type { KnownCluster } from './model.ts';
import { nameOf, type Reference } from './names.ts';
import type { Request } from './request.ts';

type Kind = Reference['kind'];
type ReferenceOf<K extends Kind> = Extract<Reference, { kind: K }>;

const isOfKind =
  <K extends Kind>(kind: K) =>
  (reference: Reference): reference is ReferenceOf<K> =>
    reference.kind === kind;

interface Mention<K extends Kind> {
  item: Item;
  references: readonly ReferenceOf<K>[];
}

/** Words that name something of this kind. */
export function mentions<K extends Kind>(request: Request, kind: K): Mention<K>[] {
  return request.items
    .map(item => ({ item, references: item.references.filter(isOfKind(kind)) }))
    .filter(({ references }) => references.length > 0);
}

export const clusterNames = (request: Request): string[] => request.world.clusters.map(({ name }) => name);

export const clusterNamed = (request: Request, name: string): KnownCluster | undefined =>
  request.world.clusters.find(cluster => cluster.name === name);

/** Clusters that are named for sure; what is not sure becomes a candidate of `field`. */
export function takeClusters(
  draft: Draft,
  request: Request,
  field: 'cluster' | 'clusters',
  mayBeSimilar: boolean,
): string[] {
  const sure = new Set<string>();
  for (const { item, references } of mentions(request, 'cluster')) {
    const names = [...new Set(references.map(nameOf))];
    const [name] = names;
    if (name !== undefined && names.length === 1 && (item.isExact || mayBeSimilar)) sure.add(name);
    else
      draft.lacks(
        field,
        names.length === 1 ? `is "${item.text}" ${name}?` : `"${item.text}" may be several clusters`,
        names,
      );
  }
  return [...sure];
}

/** The one cluster a task is about; asked for when there is none or more than one. */
export function takeCluster(draft: Draft, request: Request, nodeCluster?: readonly string[]): string | undefined {
  const named = takeClusters(draft, request, 'cluster', false);
  const [name] = named;
  if (name !== undefined && named.length === 1) {
    if (nodeCluster !== undefined && !nodeCluster.includes(name)) {
      draft.lacks('cluster', `what is named is not in ${name}`, nodeCluster);
      return undefined;
    }
    draft.set('cluster', name, name);
    return name;
  }
  if (named.length > 1) draft.lacks('cluster', 'one cluster at a time', named);
  else if (nodeCluster?.length === 1 && nodeCluster[0] !== undefined) {
    draft.set('cluster', nodeCluster[0], 'where it is');
    return nodeCluster[0];
  } else draft.lacks('cluster', 'which cluster?', nodeCluster ?? clusterNames(request));
  return undefined;
}

/** The node a task is about, and its cluster. */
export function takeNode(draft: Draft, request: Request): void {
  const named = mentions(request, 'node');
  const [first] = named;
  if (first === undefined) {
    const cluster = takeCluster(draft, request);
    const role = request.concepts.has('worker')
      ? 'worker'
      : request.concepts.has('control_plane')
        ? 'control-plane'
        : undefined;
    const nodes = request.world.clusters
      .filter(({ name }) => cluster === undefined || name === cluster)
      .flatMap(each => each.nodes.filter(node => role === undefined || node.role === role));
    draft.lacks(
      'node',
      'which node?',
      nodes.map(({ name }) => name),
    );
    return;
  }
  const names = [...new Set(named.flatMap(({ references }) => references.map(nameOf)))];
  const [name = ''] = names;
  if (names.length > 1) draft.lacks('node', 'one node at a time', names);
  else if (!first.item.isExact) draft.lacks('node', `is "${first.item.text}" ${name}?`, names);
  else draft.set('node', name, first.item.text);
  takeCluster(
    draft,
    request,
    first.references.map(({ cluster }) => cluster),
  );
}

/** The workload a task is about, its namespace and its cluster. */
export function takeWorkload(draft: Draft, request: Request): void {
  const clusters = new Set(takeClusters(draft, request, 'cluster', false));
  const namespaces = new Set(mentions(request, 'namespace').flatMap(({ references }) => references.map(nameOf)));
  const named = mentions(request, 'workload');
  const all = named.flatMap(({ references }) => references);
  const left = all.filter(
    ({ cluster, namespace, name }) =>
      (clusters.size === 0 || clusters.has(cluster)) &&
      (namespaces.size === 0 || namespaces.has(namespace) || (namespaces.has(name) && namespaces.size === 1)),
  );
  const [only] = left;
  if (only !== undefined && left.length === 1 && named.every(({ item }) => item.isExact) && clusters.size <= 1) {
    draft.set('cluster', only.cluster, only.cluster);
    draft.set('namespace', only.namespace, only.namespace);
    draft.set('workload', only.name, only.name);
    return;
  }
  const pool = left.length > 0 ? left : all;
  const options = pool.length > 0 ? pool : everyWorkload(request, clusters, namespaces);
  const field = (key: 'cluster' | 'namespace' | 'name', missing: string): void => {
    const values = [...new Set(options.map(option => option[key]))];
    const [value] = values;
    if (
      value !== undefined &&
      values.length === 1 &&
      pool.length > 0 &&
      left.length > 0 &&
      named.every(({ item }) => item.isExact)
    )
      draft.set(missing, value, value);
    else draft.lacks(missing, `which ${missing}?`, values);
  };
  field('cluster', 'cluster');
  field('namespace', 'namespace');
  field('name', 'workload');
}

function everyWorkload(
  request: Request,
  clusters: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): ReferenceOf<'workload'>[] {
  return request.world.clusters
    .filter(({ name }) => clusters.size === 0 || clusters.has(name))
    .flatMap(cluster =>
      cluster.workloads.map(workload => ({ kind: 'workload' as const, cluster: cluster.name, ...workload })),
    )
    .filter(({ namespace }) => namespaces.size === 0 || namespaces.has(namespace));
}

/** Words between two items that leave a list one list. */
const inList = (item: Item): boolean =>
  (item.kind === 'mark' && (item.text === ',' || item.text === '&')) ||
  ['joins', 'cluster', 'sequence', 'kubernetes', 'filler'].includes(item.concept ?? '');

/** Whether the clusters stand side by side, so that what is said of one is said of all. */
export function isOneList(request: Request): boolean {
  const { items } = request;
  const at = items.flatMap((item, index) => (item.references.some(isOfKind('cluster')) ? [index] : []));
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  return items.slice(first, last + 1).every((item, index) => at.includes(index + first) || inList(item));
}
