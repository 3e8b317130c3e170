/** How a list or map of the Kubernetes API is merged. Facts: patchMergeKey and x-kubernetes-list-type of the 1.35 API. */
export interface ListType {
  /** Member that identifies an element in a strategic merge patch; undefined for a list of plain values. */
  mergeKey?: string;
  /** Members that identify an element in server-side apply; empty for a set of plain values. */
  applyKeys: readonly string[];
  /** Elements named by the patch keep only the members of `$retainKeys`. */
  retainsKeys?: true;
}

const keyed = (mergeKey: string, ...more: readonly string[]): ListType => ({
  mergeKey,
  applyKeys: [mergeKey, ...more],
});
const SET: ListType = { applyKeys: [] };

/** By the name of the member that holds the list; names that mean different lists are split by LIST_TYPES_WITHIN. */
const LIST_TYPES: Record<string, ListType> = {
  conditions: keyed('type'),
  containers: keyed('name'),
  env: keyed('name'),
  ephemeralContainers: keyed('name'),
  finalizers: SET,
  hostAliases: keyed('ip'),
  hostIPs: keyed('ip'),
  imagePullSecrets: keyed('name'),
  initContainers: keyed('name'),
  loadBalancerSourceRanges: SET,
  ownerReferences: keyed('uid'),
  podCIDRs: SET,
  podIPs: keyed('ip'),
  resourceClaims: { ...keyed('name'), retainsKeys: true },
  schedulingGates: keyed('name'),
  secrets: keyed('name'),
  topologySpreadConstraints: keyed('topologyKey', 'whenUnsatisfiable'),
  volumeDevices: keyed('devicePath'),
  volumeMounts: keyed('mountPath'),
  volumes: { ...keyed('name'), retainsKeys: true },
};

const CONTAINER_LISTS = new Set(['containers', 'initContainers', 'ephemeralContainers']);
const CONTAINER_PORTS = keyed('containerPort', 'protocol');
const SERVICE_PORTS = keyed('port', 'protocol');
const NODE_ADDRESSES = keyed('type');

/**
 * The type of the list at a path of member names (list elements leave no step). Undefined: the list is atomic, a patch
 * replaces it whole (taints, tolerations, args, …).
 */
export function listTypeAt(kind: string, path: readonly string[]): ListType | undefined {
  const last = path.at(-1) ?? '';
  const parent = path.at(-2) ?? '';
  if (last === 'ports' && CONTAINER_LISTS.has(parent)) return CONTAINER_PORTS;
  if (last === 'ports') return kind === 'Service' && parent === 'spec' ? SERVICE_PORTS : undefined;
  if (last === 'addresses') return kind === 'Node' && parent === 'status' ? NODE_ADDRESSES : undefined;
  if (last === 'secrets') return kind === 'ServiceAccount' ? LIST_TYPES.secrets : undefined;
  if (path.includes('labels') || path.includes('annotations')) return undefined;
  return LIST_TYPES[last];
}

/** Maps that a strategic merge patch replaces whole (patchStrategy replace): a budget's selector. */
export const isReplacedMap = (kind: string, path: readonly string[]): boolean =>
  kind === 'PodDisruptionBudget' && path.length === 2 && path[0] === 'spec' && path[1] === 'selector';

/** Maps that server-side apply owns whole (x-kubernetes-map-type atomic). */
export function isAtomicMap(kind: string, path: readonly string[]): boolean {
  const last = path.at(-1) ?? '';
  if (last === 'nodeSelector' || last === 'labelSelector' || last === 'namespaceSelector') return true;
  if (last === 'selector') return kind !== 'Service' || path.length === 2;
  return last === 'configMapKeyRef' || last === 'secretKeyRef' || last === 'fieldRef' || last === 'resourceFieldRef';
}
