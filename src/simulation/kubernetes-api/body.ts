import { isObject, type JsonObject } from './json.ts';
import { isProtobuf, readProtobuf } from './protobuf.ts';
import type { ApiRequest } from './request.ts';
import { badRequest, notSimulated, unsupportedMediaType } from './status.ts';

const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Media type without parameters; JSON when none is given, as the API server assumes. */
export const mediaType = (contentType: string): string =>
  (contentType.split(';')[0] ?? '').trim().toLowerCase() || 'application/json';

/** Parses JSON; throws 400 naming the kind that was expected. */
export function parseJson(text: string, kind: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why}`,
    );
  }
}

/** The body as an object; `{}` for none. Throws ApiError 400, 415, 501. */
export function readBody(request: ApiRequest, kind: string): JsonObject {
  if (request.body.length === 0) return {};
  const type = mediaType(request.contentType);
  if (type === 'application/vnd.kubernetes.protobuf' || isProtobuf(request.body))
    return readProtobufBody(request, kind);
  if (type === 'application/yaml') throw notSimulated('bodies in YAML; send JSON');
  if (type !== 'application/json') throw unsupportedMediaType(ACCEPTED);
  const parsed = parseJson(request.body.toString('utf8'), kind);
  if (!isObject(parsed)) throw badRequest(`json: cannot unmarshal a value into Go value of type ${kind}`);
  return parsed;
}

function readProtobufBody(request: ApiRequest, kind: string): JsonObject {
  let read: JsonObject | undefined;
  try {
    read = readProtobuf(request.body);
  } catch {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): damaged protobuf`);
  }
  if (read === undefined) throw notSimulated(`protobuf bodies of ${kind}; send JSON`);
  return read;
}
