import type { KubeObject } from '../world/store.ts';
import { parseFieldSelector } from './field-selectors.ts';
import { parseLabelSelector } from './label-selectors.ts';
import type { Target } from './request.ts';

/** Which objects of a resource a list, watch or deletecollection means: scope, labels, fields. */
export type Selection = (object: KubeObject) => boolean;

/** Reads scope and selectors of a request. Throws 400. */
export function selectionOf(target: Target, query: URLSearchParams): Selection {
  const labels = parseLabelSelector(query.get('labelSelector'));
  const fields = parseFieldSelector(query.get('fieldSelector'), target.info);
  const { namespace, name } = target;
  return object =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    labels(object.metadata.labels) &&
    fields(object);
}

export const hasSelectors = (query: URLSearchParams): boolean =>
  (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
