/** The names that exist, and which of them a word may mean. */
import { editsAllowed, nearTo } from './edit-distance.ts';
import type { KnownCluster, KnownWorld } from './model.ts';

export type Reference =
  | { kind: 'cluster'; cluster: string }
  | { kind: 'node'; cluster: string; name: string }
  | { kind: 'namespace'; cluster: string; name: string }
  | { kind: 'workload'; cluster: string; namespace: string; name: string };

const ENVIRONMENTS: ReadonlyMap<string, KnownCluster['environment']> = new Map([
  ...[
    'production',
    'prod',
    'prd',
    'produktion',
    'produktiv',
    'produccion',
    'producción',
    'productive',
    'productif',
  ].map(word => [word, 'production'] as const),
  ...['staging', 'stage', 'stg', 'preproduction', 'preprod', 'nonproduction', 'nonprod'].map(
    word => [word, 'staging'] as const,
  ),
]);

export interface Names {
  /** Every name that is written exactly so, in any case. */
  exact(word: string): readonly Reference[];
  /** Clusters of the environment that the word says. */
  environment(word: string): readonly Reference[];
  /** Names that the word may be a misspelling of. */
  similar(word: string): readonly Reference[];
}

function* referencesOf(cluster: KnownCluster): Generator<Reference> {
  yield { kind: 'cluster', cluster: cluster.name };
  for (const { name } of cluster.nodes) yield { kind: 'node', cluster: cluster.name, name };
  for (const name of cluster.namespaces) yield { kind: 'namespace', cluster: cluster.name, name };
  for (const { namespace, name } of cluster.workloads)
    yield { kind: 'workload', cluster: cluster.name, namespace, name };
}

export const nameOf = (reference: Reference): string =>
  reference.kind === 'cluster' ? reference.cluster : reference.name;

export function namesOf(world: KnownWorld): Names {
  const byName = new Map<string, Reference[]>();
  for (const reference of world.clusters.flatMap(cluster => [...referencesOf(cluster)])) {
    const name = nameOf(reference).toLowerCase();
    const references = byName.get(name);
    if (references === undefined) byName.set(name, [reference]);
    else references.push(reference);
  }
  return {
    exact: word => byName.get(word) ?? [],
    environment: word =>
      world.clusters
        .filter(({ environment }) => environment === ENVIRONMENTS.get(word))
        .map(({ name }) => ({ kind: 'cluster', cluster: name })),
    similar: word => {
      const limit = editsAllowed(word.length);
      if (limit === 0) return [];
      const isNear = nearTo(word, limit);
      return [...byName].flatMap(([name, references]) => (isNear(name) ? references : []));
    },
  };
}
