import type { KubeObject } from '../../world/store.ts';
import type { ListMeta } from '../list.ts';
import type { ResourceInfo } from '../resource.ts';
import { itemText, objectText } from '../serialise.ts';
import type { Column } from './column.ts';
import { NODE_COLUMNS } from './nodes.ts';
import { OTHER_COLUMNS, PLAIN_COLUMNS } from './others.ts';
import { POD_COLUMNS } from './pods.ts';
import {
  BUDGET_COLUMNS,
  DAEMON_SET_COLUMNS,
  DEPLOYMENT_COLUMNS,
  REPLICA_SET_COLUMNS,
  STATEFUL_SET_COLUMNS,
} from './workloads.ts';

const COLUMNS: Record<string, readonly Column[]> = {
  ...OTHER_COLUMNS,
  nodes: NODE_COLUMNS,
  pods: POD_COLUMNS,
  'deployments.apps': DEPLOYMENT_COLUMNS,
  'replicasets.apps': REPLICA_SET_COLUMNS,
  'statefulsets.apps': STATEFUL_SET_COLUMNS,
  'daemonsets.apps': DAEMON_SET_COLUMNS,
  'poddisruptionbudgets.policy': BUDGET_COLUMNS,
};

/** How much of each object a row carries along. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export const includeObjectOf = (query: URLSearchParams): IncludeObject => {
  const asked = query.get('includeObject');
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata';
};

/** The object reduced to its metadata, as text. */
export const metadataText = (object: KubeObject): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(object.metadata)}}`;

const carried: Record<IncludeObject, (object: KubeObject) => string> = {
  None: () => 'null',
  Metadata: metadataText,
  Object: objectText,
};

const definition = ({ name, type, format, wide, description }: Column) => ({
  name,
  type: type ?? 'string',
  format: format ?? '',
  description: description ?? `${name} of the object.`,
  priority: wide === true ? 1 : 0,
});

/** A `meta.k8s.io/v1` Table as text. `headless`: without column definitions, as in every watch event but the first. */
export function tableText(
  info: ResourceInfo,
  objects: readonly KubeObject[],
  meta: ListMeta,
  { nowMs, include, headless = false }: { nowMs: number; include: IncludeObject; headless?: boolean },
): string {
  const columns = COLUMNS[info.key] ?? PLAIN_COLUMNS;
  const definitions = headless ? 'null' : JSON.stringify(columns.map(definition));
  const rows = objects.map(object => {
    const cells = JSON.stringify(columns.map(column => column.cell(object, nowMs)));
    return `{"cells":${cells},"object":${carried[include](object)}}`;
  });
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},"columnDefinitions":${definitions},"rows":[${rows.join(',')}]}`;
}

/** A typed list as text, in pieces. */
export function* listTexts(
  kind: string,
  apiVersion: string,
  meta: ListMeta,
  items: readonly KubeObject[],
): Generator<string> {
  yield `{"kind":"${kind}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(meta)},"items":[`;
  let comma = '';
  for (const item of items) {
    yield comma + itemText(item);
    comma = ',';
  }
  yield ']}\n';
}

/** A list of metadata only, as text. */
export const metadataListText = (meta: ListMeta, items: readonly KubeObject[]): string =>
  `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},"items":[${items.map(metadataText).join(',')}]}`;
