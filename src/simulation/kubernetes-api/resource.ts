export interface Subresource {
  name: string;
  group?: string;
  version?: string;
  kind: string;
  verbs: readonly string[];
}

/** One served resource: what discovery says of it and how requests to it are answered. */
export interface ResourceInfo {
  group: string;
  version: string;
  plural: string;
  kind: string;
  singular: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  subresources: readonly Subresource[];
  /** Key in the object store: plural, or plural.group. */
  key: string;
  /** stored: objects of the store · review: answered, never kept · metrics: computed. */
  served: 'stored' | 'review' | 'metrics';
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const READ_VERBS = ['get', 'list', 'watch'];
const CHANGE_VERBS = ['get', 'patch', 'update'];

export interface ResourceOptions {
  short?: readonly string[];
  categories?: readonly string[];
  subresources?: readonly Subresource[];
  cluster?: boolean;
  singular?: string;
}

/** `group/version` as it stands in apiVersion. */
export const apiVersionOf = (info: Pick<ResourceInfo, 'group' | 'version'>): string =>
  info.group === '' ? info.version : `${info.group}/${info.version}`;

function describe(
  groupVersion: string,
  plural: string,
  kind: string,
  options: ResourceOptions,
  verbs: readonly string[],
  served: ResourceInfo['served'],
): ResourceInfo {
  const [first = '', second] = groupVersion.split('/');
  const group = second === undefined ? '' : first;
  return {
    group,
    version: second ?? first,
    plural,
    kind,
    singular: options.singular ?? kind.toLowerCase(),
    namespaced: options.cluster !== true,
    verbs,
    shortNames: options.short ?? [],
    categories: options.categories ?? [],
    subresources: options.subresources ?? [],
    key: group === '' ? plural : `${plural}.${group}`,
    served,
  };
}

/** A resource that is kept in the store and may be written. */
export const stored = (
  groupVersion: string,
  plural: string,
  kind: string,
  options: ResourceOptions = {},
): ResourceInfo => describe(groupVersion, plural, kind, options, ALL_VERBS, 'stored');

/** A resource whose controller is not simulated: it may be read, and is empty unless the world puts objects there. */
export const readable = (
  groupVersion: string,
  plural: string,
  kind: string,
  options: ResourceOptions = {},
): ResourceInfo => describe(groupVersion, plural, kind, options, READ_VERBS, 'stored');

/** A question that is answered on POST and never kept. */
export const review = (
  groupVersion: string,
  plural: string,
  kind: string,
  options: ResourceOptions = {},
): ResourceInfo => describe(groupVersion, plural, kind, options, ['create'], 'review');

/** Usage figures: computed when asked. */
export const metrics = (plural: string, kind: string, options: ResourceOptions = {}): ResourceInfo =>
  describe('metrics.k8s.io/v1beta1', plural, kind, { singular: '', ...options }, ['get', 'list'], 'metrics');

/** The `status` subresource of a kind. */
export const status = (kind: string): Subresource => ({ name: 'status', kind, verbs: CHANGE_VERBS });

/** The `scale` subresource. */
export const scale: Subresource = {
  name: 'scale',
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  verbs: CHANGE_VERBS,
};
