import { mediaType, parseJson } from './body.ts';
import { asObject, isObject, type JsonObject } from './json.ts';
import { jsonPatch } from './patches/json-patch.ts';
import { mergePatch } from './patches/merge-patch.ts';
import { strategicMergePatch } from './patches/strategic-merge-patch.ts';
import type { ApiRequest } from './request.ts';
import { badRequest, notSimulated, unsupportedMediaType } from './status.ts';

const APPLY_TYPE = 'application/apply-patch+yaml';
const JSON_TYPE = 'application/json-patch+json';
const MERGE_TYPE = 'application/merge-patch+json';
const STRATEGIC_TYPE = 'application/strategic-merge-patch+json';
const ACCEPTED = [JSON_TYPE, MERGE_TYPE, STRATEGIC_TYPE, APPLY_TYPE];

export const isApply = (request: ApiRequest): boolean => mediaType(request.contentType) === APPLY_TYPE;

/** The configuration of an apply request: kubectl and client libraries send it as JSON. Throws 400, 501 for YAML. */
export function readConfiguration(request: ApiRequest, kind: string): JsonObject {
  const text = request.body.toString('utf8').trimStart();
  if (!text.startsWith('{')) throw notSimulated('apply configurations in YAML; send JSON');
  return asObject(parseJson(text, kind));
}

/** The object after the request's JSON, merge or strategic merge patch. Throws 400, 415 (also without a type), 422, 500. */
export function patched(request: ApiRequest, kind: string, current: JsonObject): JsonObject {
  const type = mediaType(request.contentType);
  if (!ACCEPTED.includes(type) || type === APPLY_TYPE) throw unsupportedMediaType(ACCEPTED);
  const patch = parseJson(request.body.toString('utf8'), kind);
  if (type === JSON_TYPE) return requireObject(jsonPatch(current, patch));
  if (!isObject(patch)) throw badRequest('error decoding patch: the patch is no JSON object');
  if (type === MERGE_TYPE) return requireObject(mergePatch(current, patch));
  return requireObject(strategicMergePatch(kind, current, patch));
}

function requireObject(value: unknown): JsonObject {
  if (!isObject(value)) throw badRequest('the patched document is no JSON object');
  return value;
}
