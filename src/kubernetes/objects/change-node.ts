import { isObject, objectAt, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { NodeTaint } from '../../model/facts.ts';
import type { ChangeOutcome } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { WRITE } from '../call-policy.ts';
import { notFound, refused } from '../failures.ts';
import { FIELD_MANAGER } from './managed-fields.ts';
import { objectPath } from './object-path.ts';
import { callRaw, findRaw, type JsonObject } from './raw-api.ts';
import { isAboutRequest, refusalOf } from './refusal-text.ts';

const NODES = { apiVersion: 'v1', plural: 'nodes', namespaced: false };
const MOST_LOOKS = 3;

/** The cordon's records (SAFETY 8), and the taints that the node controller and the cordon keep. */
const OWN_PREFIX = 'containers-gm/';
const KEPT_TAINTS = 'node.kubernetes.io/';

const nodePath = (name: string): string => objectPath(NODES, { name });

async function change(
  api: KubernetesApi,
  name: string,
  signal: AbortSignal,
  decide: (live: JsonObject) => JsonObject | undefined,
): Promise<ChangeOutcome> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const live = await findRaw(api, api.read('get nodes', signal), nodePath(name));
    if (live === undefined) throw notFound(api.cluster, 'get nodes', `node ${name}`);
    const patch = decide(live);
    if (patch === undefined) return { kind: 'unchanged' };
    const metadata = { ...objectAt(patch, 'metadata'), resourceVersion: textAt(live, 'metadata', 'resourceVersion') };
    const result = await callRaw(api, api.write('patch nodes', WRITE, signal), {
      method: 'PATCH',
      path: nodePath(name),
      query: { fieldManager: FIELD_MANAGER },
      body: { ...patch, metadata },
      contentType: 'application/merge-patch+json',
    });
    if ('value' in result) return { kind: 'changed' };
    const ref = { apiVersion: 'v1', kind: 'Node', namespace: undefined, name };
    if (isAboutRequest(result.status)) return { kind: 'refused', why: refusalOf(ref, result.status).message };
    if (result.status.code !== 409) throw refused(api.cluster, 'patch nodes', result.status);
  }
  return { kind: 'conflict' };
}

/** See WorkloadWriter.labelNode. [INPUT_INVALID for the cordon's own records] */
export function labelNode(
  api: KubernetesApi,
  {
    node,
    labels,
    annotations,
  }: {
    node: string;
    labels: Readonly<Record<string, string | null>>;
    annotations: Readonly<Record<string, string | null>>;
  },
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  if ([...Object.keys(labels), ...Object.keys(annotations)].some(key => key.startsWith(OWN_PREFIX))) {
    const remedy = 'leave them out: a cordon writes and removes its own';
    throw new DivisionError('INPUT_INVALID', `labels and annotations of ${OWN_PREFIX} are the cordon’s`, remedy);
  }
  return change(api, node, signal, live => {
    const differing = (field: string, wanted: Readonly<Record<string, string | null>>): [string, string | null][] => {
      const now = objectAt(live, 'metadata', field);
      return Object.entries(wanted).filter(([key, value]) => (now[key] ?? null) !== value);
    };
    const [changed, noted] = [differing('labels', labels), differing('annotations', annotations)];
    if (changed.length + noted.length === 0) return undefined;
    return { metadata: { labels: Object.fromEntries(changed), annotations: Object.fromEntries(noted) } };
  });
}

/** See WorkloadWriter.taintNode. [INPUT_INVALID for the taints that Kubernetes keeps] */
export function taintNode(
  api: KubernetesApi,
  {
    node,
    add,
    remove,
  }: {
    node: string;
    add: readonly NodeTaint[];
    remove: readonly Pick<NodeTaint, 'key' | 'effect'>[];
  },
  signal: AbortSignal,
): Promise<ChangeOutcome> {
  if ([...add, ...remove].some(({ key }) => key.startsWith(KEPT_TAINTS))) {
    const remedy = 'cordon the node instead, or leave them out';
    throw new DivisionError('INPUT_INVALID', `taints of ${KEPT_TAINTS} are kept by Kubernetes`, remedy);
  }
  const is = (one: Pick<NodeTaint, 'key' | 'effect'>, taint: JsonObject): boolean =>
    one.key === taint.key && one.effect === taint.effect;
  return change(api, node, signal, live => {
    const now = objectsAt(live, 'spec', 'taints');
    const missing = add.filter(
      one => !now.some(taint => is(one, taint) && (textAt(taint, 'value') ?? '') === one.value),
    );
    const isThere = now.some(taint => remove.some(one => is(one, taint)));
    if (missing.length === 0 && !isThere) return undefined;
    const others = now.filter(taint => isObject(taint) && ![...missing, ...remove].some(one => is(one, taint)));
    const added = missing.map(({ key, value, effect }) => ({ key, effect, ...(value !== '' && { value }) }));
    return { spec: { taints: [...others, ...added] } };
  });
}

/** See WorkloadWriter.deleteNode. */
export async function deleteNode(
  api: KubernetesApi,
  { name, uid }: { name: string; uid: string },
  signal: AbortSignal,
): Promise<'deleted' | 'gone' | 'kept'> {
  const result = await callRaw(api, api.write('delete nodes', WRITE, signal), {
    method: 'DELETE',
    path: nodePath(name),
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
  });
  if ('value' in result) return 'deleted';
  if (result.status.code === 404) return 'gone';
  if (result.status.code === 409) return 'kept';
  throw refused(api.cluster, 'delete nodes', result.status);
}
