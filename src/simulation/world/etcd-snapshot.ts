import { createHash } from 'node:crypto';
import type { SimCluster } from './cluster.ts';
import { reportNode } from './controllers/node-status.ts';
import type { StoreImage } from './store.ts';

const PAGE_BYTES = 512;
const HASH_BYTES = 32;

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

export interface SnapshotInfo {
  /** 8 hex digits. */
  hash: string;
  revision: number;
  keys: number;
  /** Bytes without the checksum. */
  size: number;
}

/** The bytes of a snapshot: what the store holds, in whole pages, with their sha256 appended as etcd does. */
export function makeSnapshot(cluster: SimCluster): Buffer {
  const content = Buffer.from(JSON.stringify(cluster.store.image()));
  const pages = Buffer.alloc(Math.ceil(content.length / PAGE_BYTES) * PAGE_BYTES);
  content.copy(pages);
  return Buffer.concat([pages, sha256(pages)]);
}

function contentOf(bytes: Buffer): StoreImage | undefined {
  const pages = bytes.subarray(0, bytes.length - (bytes.length % PAGE_BYTES));
  const end = pages.indexOf(0);
  try {
    const image = JSON.parse(pages.subarray(0, end < 0 ? undefined : end).toString()) as Partial<StoreImage>;
    return typeof image.objects === 'object' && image.objects !== null ? (image as StoreImage) : undefined;
  } catch {
    // Bytes that are no snapshot: the caller says so.
    return undefined;
  }
}

/** What `snapshot status` says of the bytes; undefined when they are no snapshot. It does not check the checksum. */
export function snapshotInfo(bytes: Buffer): SnapshotInfo | undefined {
  const image = contentOf(bytes);
  if (image === undefined) return undefined;
  const keys = Object.values(image.objects).reduce((sum, objects) => sum + objects.length, 0);
  const size = bytes.length - (bytes.length % PAGE_BYTES);
  return { hash: sha256(bytes).toString('hex').slice(0, 8), revision: image.resource_version, keys, size };
}

/** Why etcd refuses to restore the bytes: their checksum is missing or another. Undefined when it is right. */
export function checksumProblem(bytes: Buffer): string | undefined {
  if (bytes.length % PAGE_BYTES !== HASH_BYTES) return 'snapshot missing hash but --skip-hash-check=false';
  const wanted = bytes.subarray(-HASH_BYTES);
  const found = sha256(bytes.subarray(0, -HASH_BYTES));
  if (found.equals(wanted)) return undefined;
  return `expected sha256 [${[...wanted].join(' ')}], got [${[...found].join(' ')}]`;
}

/**
 * Makes the store hold what a snapshot holds: objects made since are gone, those removed since are back. Revisions go
 * on from the present one, so watches see the changes; running kubelets then report what they are now.
 */
export function restoreSnapshot(cluster: SimCluster, bytes: Buffer): void {
  const image = contentOf(bytes);
  if (image !== undefined) cluster.ledger.because('failure', () => replaceAll(cluster, image.objects));
  for (const machine of cluster.machines.values())
    if (machine.kubelet_runs) reportNode(cluster, machine, machine.is_ready);
}

/** Removes every object: a new etcd cluster is empty. */
export const emptyStore = (cluster: SimCluster): void =>
  cluster.ledger.because('failure', () => replaceAll(cluster, {}));

function replaceAll({ store }: SimCluster, wanted: StoreImage['objects']): void {
  const keyOf = ({ metadata }: { metadata: { namespace?: string; name: string } }): string =>
    `${metadata.namespace ?? ''}/${metadata.name}`;
  for (const resource of store.resources()) {
    const kept = new Set((wanted[resource] ?? []).map(keyOf));
    for (const object of store.list(resource)) {
      const { namespace, name } = object.metadata;
      if (!kept.has(keyOf(object))) store.remove(resource, namespace, name);
    }
  }
  for (const [resource, objects] of Object.entries(wanted)) {
    for (const object of objects) {
      const { namespace, name } = object.metadata;
      const present = store.get(resource, namespace, name);
      if (present !== undefined && present.metadata.uid !== object.metadata.uid)
        store.remove(resource, namespace, name);
      if (store.get(resource, namespace, name) === undefined) store.create(resource, object);
      else store.replace(resource, object);
    }
  }
}
