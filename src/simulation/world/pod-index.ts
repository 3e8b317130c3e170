import { asObject, at } from '../kubernetes-api/json.ts';
import { type Amounts, controllerOf, isFinished, nodeOf, requestsOf } from './pods.ts';
import { selects } from './selectors.ts';
import type { KubeObject, ObjectStore, StoreEvent } from './store.ts';

/** Pods by uid, and their list by name as long as none of them changes. */
interface Shelf {
  pods: Map<string, KubeObject>;
  inOrder: readonly KubeObject[] | undefined;
}

/** Labels that set single pods or revisions apart: nobody selects a workload by them. */
const NOT_INDEXED = new Set([
  'apps.kubernetes.io/pod-index',
  'controller-revision-hash',
  'pod-template-generation',
  'pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
]);

/** Pods by node and by controller, and what they request there: kept up with the store's events. */
export class PodIndex {
  readonly #byNode = new Map<string, Shelf>();
  readonly #byController = new Map<string, Shelf>();
  readonly #byLabel = new Map<string, Shelf>();
  readonly #requests = new Map<string, Record<string, number>>();

  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.recount();
    store.onEvent(event => {
      if (event.resource === 'pods') this.#follow(event);
    });
  }

  /** Reads all pods of the store anew: after a restore, which tells no events. */
  recount(): void {
    this.#byNode.clear();
    this.#byController.clear();
    this.#byLabel.clear();
    this.#requests.clear();
    for (const pod of this.#store.list('pods')) this.#put(pod);
  }

  /** By name, so that a resumed world goes on as the one that was saved would have. */
  onNode(node: string): readonly KubeObject[] {
    return inOrder(this.#byNode.get(node));
  }

  /** The pods a controller (by uid) owns, by name. */
  ofController(uid: string): readonly KubeObject[] {
    return inOrder(this.#byController.get(uid));
  }

  /** The pods of a namespace a LabelSelector selects, by name. */
  selected(namespace: string | undefined, selector: unknown): KubeObject[] {
    const pair = Object.entries(asObject(at(selector, 'matchLabels'))).find(([key]) => !NOT_INDEXED.has(key));
    const candidates =
      pair === undefined
        ? this.#store.list('pods', namespace)
        : inOrder(this.#byLabel.get(labelKey(namespace, pair[0], pair[1])));
    return candidates.filter(pod => selects(selector, pod.metadata.labels));
  }

  /** What unfinished pods request on a node. */
  requestedOn(node: string): Amounts {
    return this.#requests.get(node) ?? {};
  }

  #follow(event: StoreEvent): void {
    if (event.previous !== undefined) this.#drop(event.previous);
    if (event.type !== 'DELETED') this.#put(event.object);
  }

  #put(pod: KubeObject): void {
    for (const shelf of this.#shelvesOf(pod)) {
      shelf.pods.set(pod.metadata.uid, pod);
      shelf.inOrder = undefined;
    }
    this.#charge(pod, 1);
  }

  #drop(pod: KubeObject): void {
    for (const shelf of this.#shelvesOf(pod)) {
      shelf.pods.delete(pod.metadata.uid);
      shelf.inOrder = undefined;
    }
    this.#charge(pod, -1);
  }

  #shelvesOf(pod: KubeObject): Shelf[] {
    const node = nodeOf(pod);
    const { namespace, labels = {} } = pod.metadata;
    const owner = controllerOf(pod)?.uid;
    const keys = Object.keys(labels).filter(key => !NOT_INDEXED.has(key));
    return [
      ...(node === undefined ? [] : [shelfAt(this.#byNode, node)]),
      ...(owner === undefined ? [] : [shelfAt(this.#byController, owner)]),
      ...keys.map(key => shelfAt(this.#byLabel, labelKey(namespace, key, labels[key]))),
    ];
  }

  #charge(pod: KubeObject, sign: 1 | -1): void {
    const node = nodeOf(pod);
    if (node === undefined || isFinished(pod)) return;
    const sum = this.#requests.get(node) ?? {};
    this.#requests.set(node, sum);
    for (const [resource, amount] of Object.entries(requestsOf(pod))) {
      sum[resource] = Math.round(((sum[resource] ?? 0) + sign * amount) * 1e6) / 1e6;
    }
  }
}

const labelKey = (namespace: string | undefined, key: string, value: unknown): string =>
  `${namespace} ${key}=${String(value)}`;

function shelfAt(shelves: Map<string, Shelf>, key: string): Shelf {
  const known = shelves.get(key);
  if (known !== undefined) return known;
  const made: Shelf = { pods: new Map(), inOrder: undefined };
  shelves.set(key, made);
  return made;
}

const orderKey = (pod: KubeObject): string => `${pod.metadata.namespace}/${pod.metadata.name}`;

function inOrder(shelf: Shelf | undefined): readonly KubeObject[] {
  if (shelf === undefined) return [];
  shelf.inOrder ??= [...shelf.pods.values()].sort((a, b) => (orderKey(a) < orderKey(b) ? -1 : 1));
  return shelf.inOrder;
}
