import type { KubeObject } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import type { ListPage } from './list.ts';
import { objectReply, type TextReply } from './reply.ts';
import type { ApiRequest } from './request.ts';
import { apiVersionOf, type ResourceInfo } from './resource.ts';
import { objectText } from './serialise.ts';
import { notAcceptable } from './status.ts';
import { includeObjectOf, listTexts, metadataListText, metadataText, tableText } from './tables/table.ts';
import type { WatchRow } from './watch.ts';

type Form = 'object' | 'table' | 'metadata';

/** A list of more is sent in pieces, without being put together first. */
const MANY_ITEMS = 500;

const ACCEPTED = ['application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io'];

/**
 * The first form of an Accept header that can be served: whole objects, a Table, or metadata only, always in JSON
 * (protobuf is passed over: clients that offer it offer JSON too). Throws 406 when nothing fits.
 */
function formOf(accept: string): Form {
  for (const range of accept === '' ? ['*/*'] : accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const as = parameters.find(parameter => parameter.startsWith('as='))?.slice(3);
    if (as === undefined) return 'object';
    const isOffered = parameters.includes('v=v1') && parameters.includes('g=meta.k8s.io');
    if (isOffered && as === 'Table') return 'table';
    if (isOffered && (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')) return 'metadata';
  }
  throw notAcceptable(ACCEPTED);
}

/** One object in the form asked for. */
export function representObject(
  cluster: ApiCluster,
  request: ApiRequest,
  info: ResourceInfo,
  object: KubeObject,
  code = 200,
): TextReply {
  const form = formOf(request.accept);
  if (form === 'object') return objectReply(code, object);
  if (form === 'metadata') return { code, text: `${metadataText(object)}\n` };
  const meta = { resourceVersion: object.metadata.resourceVersion };
  const options = { nowMs: cluster.now(), include: includeObjectOf(request.query) };
  return { code, text: `${tableText(info, [object], meta, options)}\n` };
}

/** A list in the form asked for. */
export function representList(
  cluster: ApiCluster,
  request: ApiRequest,
  info: ResourceInfo,
  { meta, items }: ListPage,
): TextReply {
  const form = formOf(request.accept);
  if (form === 'metadata') return { code: 200, text: `${metadataListText(meta, items)}\n` };
  if (form === 'object') {
    const texts = listTexts(info.kind, apiVersionOf(info), meta, items);
    return { code: 200, text: items.length > MANY_ITEMS ? texts : [...texts].join('') };
  }
  const options = { nowMs: cluster.now(), include: includeObjectOf(request.query) };
  return { code: 200, text: `${tableText(info, items, meta, options)}\n` };
}

/** How a watch writes its objects. */
export function watchRowOf(cluster: ApiCluster, request: ApiRequest, info: ResourceInfo): WatchRow {
  const form = formOf(request.accept);
  if (form === 'object') return objectText;
  if (form === 'metadata') return metadataText;
  const include = includeObjectOf(request.query);
  let headless = false;
  return object => {
    const meta = { resourceVersion: object.metadata.resourceVersion };
    const text = tableText(info, [object], meta, { nowMs: cluster.now(), include, headless });
    headless = true;
    return text;
  };
}
