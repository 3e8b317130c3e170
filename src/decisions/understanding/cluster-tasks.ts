/** Certificates rotated, etcd recovered, a cluster created. */
import { Draft } from './draft.ts';
import type { Item } from './items.ts';
import { isNotSeen } from './model.ts';
import { quantities } from './node-tasks.ts';
import type { Request } from './request.ts';
import { clusterNamed, clusterNames, mentions, takeCluster } from './subjects.ts';

const CLIENT_CREDENTIALS = /^(?:kubeconfigs?|talosconfigs?|credentials?|identifiants|zugangsdaten|credenciales)$/;

function rotated(request: Request): 'client' | 'talos-ca' | 'kubernetes-ca' | undefined {
  const { concepts, items } = request;
  const authority = items
    .filter(({ concept }) => concept === 'ca')
    .map(({ text }) => text)
    .join(' ');
  const secrets = items.filter(({ concept }) => concept === 'secret');
  if (!concepts.has('ca')) return secrets.every(({ text }) => CLIENT_CREDENTIALS.test(text)) ? 'client' : undefined;
  const isTalos = concepts.has('talos') || authority.includes('talos');
  const isKubernetes = concepts.has('kubernetes') || /kubernetes|k8s/.test(authority);
  if (isTalos === isKubernetes || concepts.has('client') || secrets.length > 0) return undefined;
  return isTalos ? 'talos-ca' : 'kubernetes-ca';
}

/** R134: what doesn't renew itself are the client credentials, unless a CA is named. */
export function draftRotate(request: Request): Draft {
  const draft = new Draft('rotate_certificates');
  takeCluster(draft, request);
  const what = rotated(request);
  if (what === undefined) draft.lacks('what', 'which of them?', ['client', 'talos-ca', 'kubernetes-ca']);
  else draft.set('what', what, what);
  return draft;
}

export function draftRecover(request: Request): Draft {
  const draft = new Draft('recover_etcd');
  takeCluster(draft, request);
  const snapshots = request.items.filter(({ kind }) => kind === 'snapshot').map(({ text }) => text);
  const [snapshot] = snapshots;
  if (snapshots.length > 1) draft.lacks('snapshot', 'one snapshot', snapshots);
  else if (snapshot !== undefined) draft.set('snapshot', snapshot, snapshot);
  if (!request.concepts.has('etcd')) draft.lacks('request', 'shall etcd be recovered from a snapshot?');
  return draft;
}

function versionAfter(request: Request, product: string): string[] {
  const { items } = request;
  return items.flatMap((item, at) => {
    const before = items.slice(0, at).findLast(({ concept }) => concept !== 'filler' && concept !== 'to');
    return item.kind === 'version' && before?.concept === product ? [item.text] : [];
  });
}

const countOf = (request: Request, concept: string): number[] =>
  quantities(request).flatMap(({ item, of, isNegative }) =>
    of === concept && item.value !== undefined && !isNegative ? [item.value] : [],
  );

function takeSize(draft: Draft, request: Request): void {
  const [planes, workers] = [countOf(request, 'control_plane'), countOf(request, 'worker')];
  const [controlPlanes, workerCount] = [planes[0], workers[0]];
  if (controlPlanes === undefined || planes.length > 1 || ![1, 3, 5].includes(controlPlanes)) {
    draft.lacks('control_planes', 'an odd number keeps quorum', ['1', '3', '5']);
  } else draft.set('control_planes', controlPlanes, String(controlPlanes));
  if (workerCount === undefined || workers.length > 1) draft.lacks('workers', 'how many workers?');
  else draft.set('workers', workerCount, String(workerCount));
  if (quantities(request).length > planes.length + workers.length) draft.lacks('request', 'which number is what?');
}

/** Clusters it names that are there, and whole names of those that only division.yaml knows: nothing was seen of them. */
function configuredClusters(request: Request): { isTaken: boolean; awaited: string[] } {
  const named = mentions(request, 'cluster');
  const awaited = named.flatMap(({ item, references }) => {
    const [only, ...others] = references;
    const cluster =
      others.length === 0 && only?.cluster === item.text ? clusterNamed(request, only.cluster) : undefined;
    return cluster && isNotSeen(cluster) ? cluster.name : [];
  });
  return { isTaken: awaited.length < named.length, awaited: [...new Set(awaited)] };
}

/** A new cluster's name is the only one that need not exist; it must not. */
export function draftCreate(request: Request): Draft {
  const draft = new Draft('create_cluster');
  const names = request.items.filter(({ concept }: Item) => concept === 'new_name').map(({ text }) => text);
  const { isTaken, awaited } = configuredClusters(request);
  const [name, ...otherNames] = [...names, ...awaited];
  if (isTaken) draft.lacks('name', `a new name: there are ${clusterNames(request).join(', ')}`);
  else if (name === undefined || otherNames.length > 0) draft.lacks('name', 'what is the new cluster called?', names);
  else draft.set('name', name, name);
  takeSize(draft, request);
  for (const [field, product] of [
    ['kubernetes_version', 'kubernetes'],
    ['talos_version', 'talos'],
  ] as const) {
    const [version, ...others] = versionAfter(request, product);
    if (others.length > 0) draft.lacks(field, 'which version?', [version ?? '', ...others]);
    else if (version !== undefined) draft.set(field, version, version);
  }
  const versions = request.items.filter(({ kind }) => kind === 'version').length;
  if (versions > ['kubernetes_version', 'talos_version'].filter(field => draft.fields[field] !== undefined).length) {
    draft.lacks('request', 'a version of what: Kubernetes or Talos?');
  }
  const addresses = request.items.filter(({ kind }) => kind === 'address').map(({ text }) => text);
  if (addresses.length > 0) draft.set('addresses', addresses, addresses.join(', '));
  return draft;
}
