import { asList, asObject, asText, type JsonObject, setMember } from './json.ts';

/** Bytes before the envelope of a Kubernetes protobuf body. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

/** `pairs`: a map of texts, sent as repeated entries of key and value. */
type FieldType = 'text' | 'number' | 'flag' | 'pairs' | Message;

/** How one message is read: field number → member name, type, and whether it repeats. */
interface Message {
  [field: number]: { name: string; type: FieldType; repeated?: true };
}

/** One field off the wire: varints as numbers (|x| < 2^53), everything else as bytes. */
interface WireField {
  field: number;
  value: number | Buffer;
}

const FIXED_SIZES: Record<number, number> = { 1: 8, 5: 4 };

/** Throws RangeError on anything that is not a protobuf message. */
function* wireFields(bytes: Buffer): Generator<WireField> {
  let position = 0;
  const varint = (): number => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(position);
      position += 1;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, result));
    }
    throw new RangeError('varint of more than 10 bytes');
  };
  const take = (length: number): Buffer => {
    if (length < 0 || position + length > bytes.length) throw new RangeError('field reaches beyond the message');
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) yield { field, value: varint() };
    else if (wire === 2) yield { field, value: take(varint()) };
    else yield { field, value: take(FIXED_SIZES[wire] ?? -1) };
  }
}

function readValue(value: number | Buffer, type: FieldType): unknown {
  if (type === 'number' || type === 'flag') {
    if (typeof value !== 'number') throw new RangeError('a number was expected');
    return type === 'flag' ? value !== 0 : value;
  }
  if (typeof value === 'number') throw new RangeError('bytes were expected');
  if (type === 'pairs') return readMessage(value, PAIR);
  return type === 'text' ? value.toString('utf8') : readMessage(value, type);
}

function readMessage(bytes: Buffer, message: Message): JsonObject {
  const read: JsonObject = {};
  for (const { field, value } of wireFields(bytes)) {
    const known = message[field];
    const isUnsetText = known?.type === 'text' && Buffer.isBuffer(value) && value.length === 0;
    if (known === undefined || isUnsetText) continue;
    const one = readValue(value, known.type);
    const before = read[known.name];
    if (known.type === 'pairs') setMember(read, known.name, { ...asObject(before), ...pairOf(one) });
    else setMember(read, known.name, known.repeated ? [...asList(before), one] : one);
  }
  return read;
}

const PAIR: Message = { 1: { name: 'key', type: 'text' }, 2: { name: 'value', type: 'text' } };

function pairOf(entry: unknown): JsonObject {
  const { key, value } = asObject(entry);
  const pair: JsonObject = {};
  setMember(pair, asText(key), asText(value));
  return pair;
}

const ENVELOPE: Message = {
  1: { name: 'typeMeta', type: { 1: { name: 'apiVersion', type: 'text' }, 2: { name: 'kind', type: 'text' } } },
};

const RESOURCE_ATTRIBUTES: Message = {
  1: { name: 'namespace', type: 'text' },
  2: { name: 'verb', type: 'text' },
  3: { name: 'group', type: 'text' },
  4: { name: 'version', type: 'text' },
  5: { name: 'resource', type: 'text' },
  6: { name: 'subresource', type: 'text' },
  7: { name: 'name', type: 'text' },
};
const PATH_ATTRIBUTES: Message = { 1: { name: 'path', type: 'text' }, 2: { name: 'verb', type: 'text' } };
const ACCESS_SPEC: Message = {
  1: { name: 'resourceAttributes', type: RESOURCE_ATTRIBUTES },
  2: { name: 'nonResourceAttributes', type: PATH_ATTRIBUTES },
};
const DELETE_OPTIONS: Message = {
  1: { name: 'gracePeriodSeconds', type: 'number' },
  2: {
    name: 'preconditions',
    type: { 1: { name: 'uid', type: 'text' }, 2: { name: 'resourceVersion', type: 'text' } },
  },
  3: { name: 'orphanDependents', type: 'flag' },
  4: { name: 'propagationPolicy', type: 'text' },
  5: { name: 'dryRun', type: 'text', repeated: true },
};
const METADATA: Message = {
  1: { name: 'name', type: 'text' },
  2: { name: 'generateName', type: 'text' },
  3: { name: 'namespace', type: 'text' },
  11: { name: 'labels', type: 'pairs' },
  12: { name: 'annotations', type: 'pairs' },
};

/** The kinds clients are known to send as protobuf (kubectl: auth can-i, drain --disable-eviction, delete, create ns). */
const KINDS: Record<string, Message> = {
  ConfigMap: { 1: { name: 'metadata', type: METADATA }, 2: { name: 'data', type: 'pairs' } },
  Namespace: { 1: { name: 'metadata', type: METADATA } },
  SelfSubjectAccessReview: { 2: { name: 'spec', type: ACCESS_SPEC } },
  SelfSubjectRulesReview: { 2: { name: 'spec', type: { 1: { name: 'namespace', type: 'text' } } } },
  SelfSubjectReview: {},
  SubjectAccessReview: { 2: { name: 'spec', type: ACCESS_SPEC } },
  DeleteOptions: DELETE_OPTIONS,
  Eviction: { 1: { name: 'metadata', type: METADATA }, 2: { name: 'deleteOptions', type: DELETE_OPTIONS } },
};

/** True when the body starts as every Kubernetes protobuf body does. */
export const isProtobuf = (body: Buffer): boolean => body.subarray(0, MAGIC.length).equals(MAGIC);

/**
 * Reads a protobuf body of a known kind into the JSON form. Undefined for a kind that is not known; throws RangeError
 * on damaged bytes.
 */
export function readProtobuf(body: Buffer): JsonObject | undefined {
  const envelope = body.subarray(MAGIC.length);
  const typeMeta = readMessage(envelope, ENVELOPE).typeMeta as { apiVersion?: string; kind?: string } | undefined;
  const message = KINDS[typeMeta?.kind ?? ''];
  if (typeMeta === undefined || message === undefined) return undefined;
  const raw = [...wireFields(envelope)].find(({ field }) => field === 2)?.value;
  return { ...typeMeta, ...(Buffer.isBuffer(raw) ? readMessage(raw, message) : {}) };
}
