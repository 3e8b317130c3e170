import { isFinished } from '../budgets.ts';
import { at, type JsonObject, labelsAt, objectAt, objectsAt, textAt } from '../manifest/json.ts';
import { amountsOf } from '../pod-requests.ts';
import { readShape, type VolumePlaces } from './read-shape.ts';
import type { HostedPods, PlacementNode, PodShape } from './shape.ts';
import { TEMPLATE_HASH, workloadName } from './workload-name.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** A Node object. What it does not tell intelligibly is not there to be used. */
export function placementNode(node: JsonObject): PlacementNode {
  const ready = objectsAt(node, 'status', 'conditions').find(({ type }) => type === 'Ready')?.status;
  const allocatable = amountsOf(labelsAt(node, 'status', 'allocatable'));
  return {
    name: textAt(node, 'metadata', 'name') ?? '',
    labels: labelsAt(node, 'metadata', 'labels'),
    taints: objectsAt(node, 'spec', 'taints').map(taint => ({
      key: textAt(taint, 'key') ?? '',
      value: textAt(taint, 'value') ?? '',
      effect: textAt(taint, 'effect') ?? '',
    })),
    ready: ready === 'True' ? true : ready === 'False' ? false : 'unknown',
    unschedulable: at(node, 'spec', 'unschedulable') === true,
    allocatable: Object.fromEntries(Object.entries(allocatable).filter(([, amount]) => Number.isFinite(amount))),
  };
}

const KINDS: Readonly<Record<string, PodShape['kind']>> = { DaemonSet: 'each-node', Job: 'finite', Node: 'static' };

/** Whose pod it is. */
function ownerOf(pod: JsonObject, namespace: string, name: string): { workload: string; kind: PodShape['kind'] } {
  const owner = objectsAt(pod, 'metadata', 'ownerReferences').find(({ controller }) => controller === true);
  const isMirror = Object.hasOwn(objectAt(pod, 'metadata', 'annotations'), MIRROR_ANNOTATION);
  const kind = textAt(owner, 'kind') ?? 'Pod';
  if (isMirror || owner === undefined)
    return { workload: `Pod ${namespace}/${name}`, kind: isMirror ? 'static' : 'bare' };
  const controller = { kind, name: textAt(owner, 'name') ?? '' };
  const workload = workloadName(namespace, controller, textAt(pod, 'metadata', 'labels', TEMPLATE_HASH));
  return { workload, kind: KINDS[kind] ?? 'replicated' };
}

/**
 * Counts the pods of a cluster by shape and node, page by page: of 150,000 pods only the shapes are kept. Finished pods hold nothing
 * and are left out; so are those that end already, unless they still hold their place on a node.
 */
export class PodTally {
  readonly #places: VolumePlaces;
  readonly #shapes = new Map<string, PodShape>();
  readonly #hosted = new Map<PodShape, Map<string | undefined, number>>();

  constructor(places: VolumePlaces) {
    this.#places = places;
  }

  /** One Pod object. */
  add(pod: JsonObject): void {
    if (isFinished({ phase: textAt(pod, 'status', 'phase') ?? '' })) return;
    const namespace = textAt(pod, 'metadata', 'namespace') ?? '';
    const name = textAt(pod, 'metadata', 'name') ?? '';
    const nodeName = textAt(pod, 'spec', 'nodeName') || undefined;
    if (nodeName === undefined && at(pod, 'metadata', 'deletionTimestamp') !== undefined) return;
    const labels = labelsAt(pod, 'metadata', 'labels');
    const read = readShape(
      { ...ownerOf(pod, namespace, name), namespace, name, labels, spec: objectAt(pod, 'spec') },
      this.#places,
    );
    const key = JSON.stringify(read);
    const shape = this.#shapes.get(key) ?? read;
    this.#shapes.set(key, shape);
    const nodes = this.#hosted.get(shape) ?? new Map<string | undefined, number>();
    nodes.set(nodeName, (nodes.get(nodeName) ?? 0) + 1);
    this.#hosted.set(shape, nodes);
  }

  hosted(): HostedPods[] {
    return [...this.#hosted].flatMap(([shape, nodes]) =>
      [...nodes].map(([nodeName, pods]): HostedPods => ({ shape, nodeName, pods })),
    );
  }
}
