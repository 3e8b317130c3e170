import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import * as z from 'zod';

const listedSchemas = new WeakMap<z.ZodObject, StandardSchemaWithJSON<unknown, unknown>>();

/** Keywords that cost bytes in every host's context and guide no model; the boundary checks them all the same. */
const leftOut = new Set(['$schema', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern']);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLeftOut(keyword: string, value: unknown, io: 'input' | 'output'): boolean {
  if (leftOut.has(keyword)) return true;
  if (keyword === 'minimum' || keyword === 'maximum') return Math.abs(Number(value)) >= Number.MAX_SAFE_INTEGER;
  if (keyword !== 'additionalProperties') return false;
  // Results stay open to new fields; an empty schema says nothing.
  return (value === false && io === 'output') || (isRecord(value) && Object.keys(value).length === 0);
}

function compactSchema(schema: unknown, io: 'input' | 'output'): unknown {
  if (Array.isArray(schema)) return schema.map(item => compactSchema(item, io));
  if (!isRecord(schema)) return schema;
  const compact: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isRecord(value)) {
      compact[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, property]) => [name, compactSchema(property, io)]),
      );
    } else if (!isLeftOut(keyword, value, io)) compact[keyword] = compactSchema(value, io);
  }
  return compact;
}

/** The JSON Schema of `schema` as `tools/list` shows it: no `$schema`, lengths, patterns or bounds of safe integers. */
export function listedJsonSchema(schema: z.ZodObject, io: 'input' | 'output'): Record<string, unknown> {
  const compact = compactSchema(z.toJSONSchema(schema, { io }), io);
  return isRecord(compact) ? compact : {};
}

/**
 * `schema` as the SDK takes it: listed compactly and accepting everything, because the boundary validates with the whole
 * schema and answers in the contract's form. Made once a schema: over HTTP a server is built for every request.
 */
export function listedSchema(schema: z.ZodObject, io: 'input' | 'output'): StandardSchemaWithJSON<unknown, unknown> {
  const known = listedSchemas.get(schema);
  if (known !== undefined) return known;
  let json: Record<string, unknown> | undefined;
  const convert = () => {
    json ??= listedJsonSchema(schema, io);
    return json;
  };
  const listed: StandardSchemaWithJSON<unknown, unknown> = {
    '~standard': {
      version: 1,
      vendor: 'containers-gm',
      validate: value => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
  listedSchemas.set(schema, listed);
  return listed;
}
