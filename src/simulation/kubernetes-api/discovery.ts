import { jsonReply, type TextReply } from './reply.ts';
import { apiVersionOf, type ResourceInfo, type Subresource } from './resource.ts';
import { groupVersions } from './resources.ts';
import { noSuchPath } from './status.ts';

/** The newest aggregated form first: kubectl ≥ 1.30 asks for v2, older ones for v2beta1. */
const AGGREGATED_VERSIONS = ['v2', 'v2beta1'] as const;

interface GroupVersion {
  group: string;
  version: string;
  resources: readonly ResourceInfo[];
}

const ALL: readonly GroupVersion[] = [...groupVersions()].map(([key, resources]) => {
  const [group = '', version = ''] = key.split('/');
  return { group, version, resources };
});

const GROUPS = [...new Set(ALL.map(({ group }) => group))].filter(group => group !== '');

const short = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list);

const kindOf = (info: ResourceInfo, sub: Subresource) => ({
  group: sub.group ?? info.group,
  version: sub.version ?? info.version,
  kind: sub.kind,
});

function resourceEntries(info: ResourceInfo): object[] {
  const own = {
    name: info.plural,
    singularName: info.singular,
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: info.verbs,
    shortNames: short(info.shortNames),
    categories: short(info.categories),
  };
  const subresources = info.subresources.map(sub => ({
    name: `${info.plural}/${sub.name}`,
    singularName: '',
    namespaced: info.namespaced,
    group: sub.group,
    version: sub.version,
    kind: sub.kind,
    verbs: sub.verbs,
  }));
  return [own, ...subresources];
}

/** `/api/v1`, `/apis/GROUP/VERSION`. Throws 404. */
function resourceList(group: string, version: string): object {
  const found = ALL.find(candidate => candidate.group === group && candidate.version === version);
  if (found === undefined) throw noSuchPath();
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(found),
    resources: found.resources.flatMap(resourceEntries),
  };
}

function groupEntry(group: string): { name: string; versions: object[]; preferredVersion: object | undefined } {
  const versions = ALL.filter(candidate => candidate.group === group).map(({ version }) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function aggregatedResource(info: ResourceInfo): object {
  return {
    resource: info.plural,
    responseKind: { group: info.group, version: info.version, kind: info.kind },
    scope: info.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: info.singular,
    verbs: info.verbs,
    shortNames: short(info.shortNames),
    categories: short(info.categories),
    subresources:
      info.subresources.length === 0
        ? undefined
        : info.subresources.map(sub => ({
            subresource: sub.name,
            responseKind: kindOf(info, sub),
            verbs: sub.verbs,
          })),
  };
}

function aggregated(groups: readonly string[], form: string): TextReply {
  const items = groups.map(group => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: ALL.filter(candidate => candidate.group === group).map(({ version, resources }) => ({
      version,
      resources: resources.map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  const list = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${form}`, metadata: {}, items };
  return {
    ...jsonReply(200, list),
    contentType: `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`,
  };
}

/** The aggregated form a client asks for, if any. */
function aggregatedForm(accept: string): string | undefined {
  for (const range of accept.split(',')) {
    const parameters = range.split(';').map(part => part.trim());
    const isDiscovery = parameters.includes('as=APIGroupDiscoveryList') && parameters.includes('g=apidiscovery.k8s.io');
    const form = AGGREGATED_VERSIONS.find(version => parameters.includes(`v=${version}`));
    if (isDiscovery && form !== undefined) return form;
    if (parameters[0] === 'application/json' && parameters.length === 1) return undefined;
  }
  return undefined;
}

/** Everything under `/api` and `/apis` that is not a resource. Throws 404. */
export function discoveryReply(segments: readonly string[], accept: string): TextReply {
  const [root = '', first, second] = segments;
  const form = aggregatedForm(accept);
  if (first === undefined) {
    if (form !== undefined) return aggregated(root === 'api' ? [''] : GROUPS, form);
    if (root === 'apis')
      return jsonReply(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: GROUPS.map(groupEntry) });
    const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }];
    return jsonReply(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: addresses });
  }
  if (root === 'api') return jsonReply(200, resourceList('', first));
  if (second !== undefined) return jsonReply(200, resourceList(first, second));
  if (!GROUPS.includes(first)) throw noSuchPath();
  return jsonReply(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(first) });
}
