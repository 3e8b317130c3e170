import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { asListed, listedJsonSchema } from '../../src/mcp/listed-schema.ts';

describe('the listed schema', () => {
  it('leaves out $schema, lengths, patterns and the bounds of safe integers, and keeps what guides a model', () => {
    const schema = z.strictObject({
      name: z.string().min(1).max(9).regex(/a/).describe('a name'),
      count: z.number().int(),
      share: z.number().min(0).max(100).default(5),
      kinds: z
        .array(z.enum(['a', 'b']))
        .min(1)
        .max(3)
        .optional(),
      minLength: z.string().max(3),
    });
    expect(listedJsonSchema(schema, 'input')).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'a name' },
        count: { type: 'integer' },
        share: { type: 'number', minimum: 0, maximum: 100, default: 5 },
        kinds: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
        minLength: { type: 'string' },
      },
      required: ['name', 'count', 'minLength'],
      additionalProperties: false,
    });
  });

  it('keeps results open to new fields at every depth, but not what a record holds', () => {
    const schema = z.looseObject({
      inner: z.object({ a: z.string() }),
      counts: z.record(z.string(), z.number()),
    });
    expect(listedJsonSchema(schema, 'output')).toEqual({
      type: 'object',
      properties: {
        inner: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        counts: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'number' } },
      },
      required: ['inner', 'counts'],
    });
  });

  it('is made once a schema', () => {
    const schema = listedJsonSchema(z.strictObject({}), 'input');
    expect(asListed(schema)).toBe(asListed(schema));
  });
});
