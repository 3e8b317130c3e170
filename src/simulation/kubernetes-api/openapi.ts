import { jsonReply, type TextReply } from './reply.ts';
import { apiVersionOf, type ResourceInfo } from './resource.ts';
import { groupVersions } from './resources.ts';
import { noSuchPath } from './status.ts';

/** Parameters of writes: kubectl looks for fieldValidation to know that the server checks fields. */
export const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'] as const;

const parameter = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
const RESPONSES = { 200: { description: 'OK' } };

/** Path of a resource in OpenAPI documents. */
export const collectionPath = (info: ResourceInfo): string =>
  `/${info.group === '' ? 'api' : 'apis'}/${apiVersionOf(info)}/${info.namespaced ? 'namespaces/{namespace}/' : ''}${info.plural}`;

const documentName = (info: ResourceInfo): string => `${info.group === '' ? 'api' : 'apis'}/${apiVersionOf(info)}`;

const DOCUMENTS = new Map(
  [...groupVersions().values()].map(resources => [
    resources[0] === undefined ? '' : documentName(resources[0]),
    resources,
  ]),
);

const schemaName = ({ group, version, kind }: ResourceInfo): string =>
  `io.k8s.api.${group === '' ? 'core' : (group.split('.')[0] ?? group)}.${version}.${kind}`;

function pathsOf(info: ResourceInfo): [string, object][] {
  const gvk = { group: info.group, version: info.version, kind: info.kind };
  const operation = (action: string, names: readonly string[]) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    parameters: names.map(parameter),
    responses: RESPONSES,
  });
  const path = collectionPath(info);
  const collection = { get: operation('list', ['labelSelector', 'fieldSelector', 'limit', 'continue', 'watch']) };
  if (!info.verbs.includes('patch'))
    return [[path, info.verbs.includes('create') ? { post: operation('post', WRITE_PARAMETERS) } : collection]];
  return [
    [path, { ...collection, post: operation('post', WRITE_PARAMETERS) }],
    [
      `${path}/{name}`,
      {
        get: operation('get', []),
        put: operation('put', WRITE_PARAMETERS),
        patch: operation('patch', [...WRITE_PARAMETERS, 'force']),
        delete: operation('delete', ['dryRun', 'gracePeriodSeconds', 'propagationPolicy']),
      },
    ],
  ];
}

/** One schema a kind: its identity and that it is an object; fields are not described. */
const schemaOf = (info: ResourceInfo): [string, object] => [
  schemaName(info),
  {
    type: 'object',
    description: 'The simulation does not describe fields.',
    'x-kubernetes-group-version-kind': [{ group: info.group, version: info.version, kind: info.kind }],
  },
];

/** `/openapi/v3` (index) and its documents, one a group version. Throws 404. */
export function openApiV3Reply(segments: readonly string[], kubernetesVersion: string): TextReply {
  if (segments.length === 0) {
    const paths = [...DOCUMENTS.keys()].map(name => [
      name,
      { serverRelativeURL: `/openapi/v3/${name}?hash=SIMULATED` },
    ]);
    return jsonReply(200, { paths: Object.fromEntries(paths) });
  }
  const resources = DOCUMENTS.get(segments.join('/'));
  if (resources === undefined) throw noSuchPath();
  return jsonReply(200, {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: kubernetesVersion },
    paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(resources.map(schemaOf)) },
  });
}
