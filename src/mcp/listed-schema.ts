import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { ListedTool, Tool, ToolRegistry } from './define-tool.ts';

const listedSchemas = new WeakMap<object, StandardSchemaWithJSON<unknown, unknown>>();

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

/** What hosts are told of a tool. */
function listedTool<Context>(tool: Tool<Context>): ListedTool {
  const { name, title, description, impact, category, listedFor, verbatim, input, output } = tool;
  return {
    name,
    title,
    description,
    impact,
    ...(category && { category }),
    ...(listedFor && { listedFor }),
    ...(verbatim && { verbatim }),
    inputSchema: listedJsonSchema(input, 'input'),
    ...(output && { outputSchema: listedJsonSchema(output, 'output') }),
  };
}

/** Tools that are loaded already. */
export const registryOf = <Context>(tools: readonly Tool<Context>[]): ToolRegistry<Context> => ({
  listing: tools.map(listedTool),
  load: async () => tools,
});

/**
 * A listed schema as the SDK takes it: accepting everything, because the boundary validates with the whole schema and answers in the
 * contract's form. Made once a schema: over HTTP a server is built for every request.
 */
export function asListed(json: ListedTool['inputSchema']): StandardSchemaWithJSON<unknown, unknown> {
  const known = listedSchemas.get(json);
  if (known !== undefined) return known;
  const convert = () => ({ ...json });
  const listed: StandardSchemaWithJSON<unknown, unknown> = {
    '~standard': {
      version: 1,
      vendor: 'containers-gm',
      validate: value => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
  listedSchemas.set(json, listed);
  return listed;
}
