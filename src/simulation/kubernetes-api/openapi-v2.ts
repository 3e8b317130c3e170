import { collectionPath, WRITE_PARAMETERS } from './openapi.ts';
import { jsonReply, type TextReply } from './reply.ts';
import type { ResourceInfo } from './resource.ts';
import { RESOURCES } from './resources.ts';

/** What the API server answers since 1.24: the `@` of the requested type is no valid media type. */
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const GVK = 'x-kubernetes-group-version-kind';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** A length-delimited field: text or a message made of fields. */
function field(number: number, ...content: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(content.map(part => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part)));
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

const gvkOf = ({ group, version, kind }: ResourceInfo) => ({ group, version, kind });

const writable = RESOURCES.filter(info => info.verbs.includes('patch'));

/** Field numbers: OpenAPIv2.proto of google/gnostic, as kubectl ≤ 1.28 reads it. */
function document(kubernetesVersion: string): Buffer {
  const parameters = WRITE_PARAMETERS.map(name =>
    field(8, field(1, field(2, field(3, field(2, 'query'), field(4, name))))),
  );
  const responses = field(9, field(1, field(1, '200'), field(2, field(1, field(1, 'OK')))));
  const paths = writable.map(info => {
    const extension = field(13, field(1, GVK), field(2, field(2, JSON.stringify(gvkOf(info)))));
    const patch = field(8, ...parameters, responses, extension);
    return field(2, field(1, `${collectionPath(info)}/{name}`), field(2, patch));
  });
  return Buffer.concat([
    field(1, '2.0'),
    field(2, field(1, 'Kubernetes'), field(2, kubernetesVersion)),
    field(8, ...paths),
  ]);
}

function jsonDocument(kubernetesVersion: string): object {
  const parameters = WRITE_PARAMETERS.map(name => ({ name, in: 'query', type: 'string', uniqueItems: true }));
  const paths = writable.map(info => [
    `${collectionPath(info)}/{name}`,
    { patch: { parameters, responses: { 200: { description: 'OK' } }, [GVK]: gvkOf(info) } },
  ]);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: kubernetesVersion },
    paths: Object.fromEntries(paths),
    definitions: {},
  };
}

/**
 * `/openapi/v2`: only which writes there are and that the server checks fields, in protobuf for kubectl ≤ 1.28 and in
 * JSON for the rest. Kinds are not described.
 */
export function openApiV2Reply(accept: string, kubernetesVersion: string): TextReply {
  if (!accept.includes('proto-openapi.spec.v2')) return jsonReply(200, jsonDocument(kubernetesVersion));
  return { code: 200, text: document(kubernetesVersion), contentType: PROTOBUF };
}
