import { deepEqual, deepFreeze } from './deep.ts';
import type { KubeObject, NewKubeObject, ObjectMetadata, Resource } from './objects.ts';
import { kubeTime } from './objects.ts';

export type { KubeObject, NewKubeObject, ObjectMetadata, OwnerReference, Resource } from './objects.ts';
export { kubeTime } from './objects.ts';

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: Resource;
  object: KubeObject;
  previous?: KubeObject;
  resourceVersion: number;
}

/** A write that cannot be: the object exists already, or does not exist. */
export class StoreConflict extends Error {
  readonly reason: 'AlreadyExists' | 'NotFound';
  constructor(reason: 'AlreadyExists' | 'NotFound', resource: Resource, key: string) {
    super(`${resource} "${key}" ${reason === 'AlreadyExists' ? 'already exists' : 'not found'}`);
    this.reason = reason;
  }
}

export interface StoreOptions {
  /** Cluster time, epoch ms. */
  now: () => number;
  /** A fresh UUID of the seeded generator. */
  newUid: () => string;
  /** Events kept for watch replay; older ones are 'expired'. */
  historyLimit?: number;
}

export interface StoreImage {
  resource_version: number;
  objects: Record<Resource, readonly KubeObject[]>;
}

/** Kinds whose metadata carries no generation in Kubernetes. */
const WITHOUT_GENERATION = new Set([
  'nodes',
  'namespaces',
  'services',
  'events',
  'persistentvolumes',
  'persistentvolumeclaims',
  'leases.coordination.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

interface Table {
  objects: Map<string, KubeObject>;
  /** All objects by key; made anew when asked after a write. */
  sorted: readonly KubeObject[] | undefined;
  /** Keys in order; undefined after a key came or went. */
  keys: string[] | undefined;
  byNamespace: Map<string, readonly KubeObject[]>;
}

const storeKey = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

const keyOf = (object: { metadata: { namespace?: string; name: string } }): string =>
  storeKey(object.metadata.namespace, object.metadata.name);

/**
 * The objects of one cluster, immutable, under one resourceVersion counter that grows by one a write.
 * Listeners get the events in that order, also when a listener writes.
 */
export class ObjectStore {
  readonly #options: StoreOptions;
  readonly #historyLimit: number;
  readonly #tables = new Map<Resource, Table>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #undelivered: StoreEvent[] = [];
  #delivering = false;
  #history: StoreEvent[] = [];
  #resourceVersion = 1;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#historyLimit = options.historyLimit ?? 10_000;
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#tables.get(resource)?.objects.get(storeKey(namespace, name));
  }

  /** Sorted as etcd sorts keys: by `namespace/name`. */
  list(resource: Resource, namespace?: string): readonly KubeObject[] {
    const table = this.#tables.get(resource);
    if (table === undefined) return [];
    table.keys ??= [...table.objects.keys()].sort();
    table.sorted ??= table.keys.flatMap(key => table.objects.get(key) ?? []);
    if (namespace === undefined) return table.sorted;
    const cached = table.byNamespace.get(namespace);
    if (cached !== undefined) return cached;
    const found = table.sorted.filter(object => object.metadata.namespace === namespace);
    table.byNamespace.set(namespace, found);
    return found;
  }

  /** The resources that hold or held an object. */
  resources(): Resource[] {
    return [...this.#tables.keys()].sort();
  }

  /** Throws StoreConflict 'AlreadyExists'. */
  create(resource: Resource, object: NewKubeObject): KubeObject {
    const table = this.#table(resource);
    const key = keyOf(object);
    if (table.objects.has(key)) throw new StoreConflict('AlreadyExists', resource, key);
    const metadata = { ...object.metadata } as ObjectMetadata;
    if (object.spec !== undefined && !WITHOUT_GENERATION.has(resource)) metadata.generation ??= 1;
    metadata.uid ??= this.#options.newUid();
    metadata.resourceVersion = String(++this.#resourceVersion);
    metadata.creationTimestamp ??= kubeTime(this.#options.now());
    const created: KubeObject = deepFreeze({ ...object, metadata });
    table.objects.set(key, created);
    table.keys = undefined;
    this.#record(table, { type: 'ADDED', resource, object: created, resourceVersion: this.#resourceVersion });
    return created;
  }

  /**
   * Sets resourceVersion; a write that changes nothing keeps it and returns the stored object. A changed spec raises
   * metadata.generation where the kind has one. Throws StoreConflict 'NotFound'.
   */
  replace(resource: Resource, object: KubeObject): KubeObject {
    const table = this.#table(resource);
    const key = keyOf(object);
    const previous = table.objects.get(key);
    if (previous === undefined) throw new StoreConflict('NotFound', resource, key);
    const generation = previous.metadata.generation;
    const specChanged = generation !== undefined && !deepEqual(previous.spec, object.spec);
    const metadata: ObjectMetadata = { ...object.metadata, resourceVersion: previous.metadata.resourceVersion };
    if (generation !== undefined) metadata.generation = specChanged ? generation + 1 : generation;
    if (deepEqual(previous, { ...object, metadata })) return previous;
    metadata.resourceVersion = String(++this.#resourceVersion);
    const replaced: KubeObject = deepFreeze({ ...object, metadata });
    table.objects.set(key, replaced);
    this.#record(table, {
      type: 'MODIFIED',
      resource,
      object: replaced,
      previous,
      resourceVersion: this.#resourceVersion,
    });
    return replaced;
  }

  /** Removes at once (grace and finalizers are the API server's); the DELETED event carries the last state. */
  remove(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    const table = this.#table(resource);
    const key = storeKey(namespace, name);
    const previous = table.objects.get(key);
    if (previous === undefined) return undefined;
    table.objects.delete(key);
    table.keys = undefined;
    const resourceVersion = ++this.#resourceVersion;
    const object = deepFreeze({
      ...previous,
      metadata: { ...previous.metadata, resourceVersion: String(resourceVersion) },
    });
    this.#record(table, { type: 'DELETED', resource, object, previous, resourceVersion });
    return previous;
  }

  /** Events after the given resourceVersion, oldest first; 'expired' when they are no longer all kept (HTTP 410). */
  since(resourceVersion: number): readonly StoreEvent[] | 'expired' {
    const floor = this.#resourceVersion - this.#history.length;
    if (resourceVersion < floor) return 'expired';
    return this.#history.slice(resourceVersion - floor);
  }

  onEvent(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events so far are expired from now on. */
  forgetHistory(): void {
    this.#history = [];
  }

  /** All that is kept on disk; the watch history is not, so older resourceVersions are expired after a restore. */
  image(): StoreImage {
    const objects: Record<Resource, readonly KubeObject[]> = {};
    for (const resource of this.resources()) objects[resource] = this.list(resource);
    return { resource_version: this.#resourceVersion, objects };
  }

  /** Fills an empty store with a saved image; no events. */
  restore(image: StoreImage): void {
    this.#resourceVersion = image.resource_version;
    for (const [resource, objects] of Object.entries(image.objects)) {
      const table = this.#table(resource);
      for (const object of objects) table.objects.set(keyOf(object), deepFreeze(object));
      table.keys = undefined;
    }
  }

  #table(resource: Resource): Table {
    const known = this.#tables.get(resource);
    if (known !== undefined) return known;
    const table: Table = { objects: new Map(), sorted: undefined, keys: undefined, byNamespace: new Map() };
    this.#tables.set(resource, table);
    return table;
  }

  #record(table: Table, event: StoreEvent): void {
    table.sorted = undefined;
    table.byNamespace.clear();
    this.#history.push(event);
    if (this.#history.length >= this.#historyLimit * 2) this.#history = this.#history.slice(-this.#historyLimit);
    this.#undelivered.push(event);
    if (!this.#delivering) this.#deliver();
  }

  #deliver(): void {
    this.#delivering = true;
    try {
      for (let event = this.#undelivered.shift(); event !== undefined; event = this.#undelivered.shift()) {
        for (const listener of this.#listeners) listener(event);
      }
    } finally {
      this.#delivering = false;
    }
  }
}
