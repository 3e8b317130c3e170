import { asNumber, asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { controllerOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { removeFor } from './deletions.ts';
import { ownedBy, templateHash } from './pod-template.ts';

const REVISIONS = 'controllerrevisions.apps';

/**
 * Keeps a ControllerRevision for the present template of a StatefulSet or DaemonSet, numbered as the newest, and of the former ones
 * as many as revisionHistoryLimit (default 10): what `kubectl rollout undo` goes back to.
 */
export function keepRevision(cluster: SimCluster, set: KubeObject): void {
  const template = at(set, 'spec', 'template');
  if (typeof template !== 'object' || template === null) return;
  const { namespace } = set.metadata;
  const name = `${set.metadata.name}-${templateHash(template)}`;
  const all = cluster.store
    .list(REVISIONS, namespace)
    .filter(revision => controllerOf(revision)?.uid === set.metadata.uid)
    .sort((a, b) => asNumber(a.revision) - asNumber(b.revision));
  const newest = all.at(-1);
  if (newest?.metadata.name === name) return;
  const revision = asNumber(newest?.revision) + 1;
  const former = all.find(({ metadata }) => metadata.name === name);
  if (former === undefined) {
    cluster.store.create(REVISIONS, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...(asObject(at(template, 'metadata', 'labels')) as Record<string, string>) },
        ownerReferences: [ownedBy(set)],
      },
      data: { spec: { template: { ...template, $patch: 'replace' } } },
      revision,
    });
  } else {
    cluster.store.replace(REVISIONS, { ...former, revision });
  }
  const limit = asNumber(at(set, 'spec', 'revisionHistoryLimit'), 10);
  const old = all.filter(({ metadata }) => metadata.name !== name);
  for (const one of old.slice(0, Math.max(0, old.length - limit))) removeFor('controller', cluster, REVISIONS, one);
}
