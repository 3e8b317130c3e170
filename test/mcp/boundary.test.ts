import { McpServer } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DivisionError } from '../../src/errors.ts';
import { type BoundaryOptions, installTools } from '../../src/mcp/boundary.ts';
import { defineTool, type Tool } from '../../src/mcp/define-tool.ts';
import { registryOf } from '../../src/mcp/listed-schema.ts';
import { type Connection, connectedClient, type Era, eras, errorOf } from './connected-client.ts';

const SECRET = 'boom secret=abc';
const fail = async (): Promise<never> => {
  throw new Error(SECRET);
};

const order = defineTool({
  name: 'order',
  title: 'Order',
  description: 'takes an order',
  impact: 'record',
  input: z.strictObject({ count: z.number().int().min(1), colour: z.enum(['red', 'blue']).default('red') }),
  output: z.looseObject({ total: z.number() }),
  async run(_context: object, { count, colour }, call) {
    call.progress(1, 2, 'half');
    call.progress(1, 2, 'not more');
    call.progress(2, 2, 'whole');
    return { structured: { total: count, colour }, text: `${count} ${colour}` };
  },
});
const broken = defineTool({
  name: 'broken',
  title: 'Broken',
  description: 'throws',
  impact: 'observe',
  input: z.strictObject({}),
  run: (_context: object) => fail(),
});
const refusing = defineTool({
  name: 'refusing',
  title: 'Refusing',
  description: 'refuses',
  impact: 'disrupt',
  input: z.strictObject({}),
  run: async (_context: object) => {
    throw new DivisionError('QUORUM_AT_RISK', 'two of three members', 'wait', { cause: new Error(SECRET) });
  },
});
const lying = defineTool({
  name: 'lying',
  title: 'Lying',
  description: 'does not keep its output schema',
  impact: 'observe',
  input: z.strictObject({}),
  output: z.looseObject({ total: z.number() }),
  run: async (_context: object) => ({ structured: { total: SECRET }, text: '' }),
});
const tools: readonly Tool<object>[] = [order, broken, refusing, lying];

let connection: Connection | undefined;
afterEach(async () => connection?.close());

async function clientOf(era: Era, options: BoundaryOptions<object> = {}) {
  const unexpected: string[] = [];
  const note = (error: unknown, where: string) => unexpected.push(`${where}: ${String(error)}`);
  connection = await connectedClient(() => {
    const server = new McpServer({ name: 'test', version: '1' });
    installTools(server, registryOf(tools), async () => ({}), { onUnexpected: note, ...options });
    return server;
  }, era);
  return { client: connection.client, unexpected };
}

describe.each(eras)('the boundary of tools, %s era', era => {
  it('answers in both channels, with defaults applied and progress that only grows', async () => {
    const { client } = await clientOf(era);
    const heard: string[] = [];
    const result = await client.callTool(
      { name: 'order', arguments: { count: 2 } },
      { onprogress: ({ message }) => heard.push(message ?? '') },
    );
    expect(result).toMatchObject({
      content: [{ type: 'text', text: '2 red' }],
      structuredContent: { total: 2, colour: 'red' },
    });
    expect(heard).toEqual(['half', 'whole']);
  });

  it('names every problem of the arguments at once, and what is accepted', async () => {
    const { client } = await clientOf(era);
    const result = await client.callTool({ name: 'order', arguments: { count: 0, colour: 'green', size: 1 } });
    const error = errorOf(result);
    expect(error).toMatchObject({ code: 'INPUT_INVALID', retry: 'after-change' });
    expect(error.message).toMatch(/count: .*1/);
    expect(error.message).toMatch(/colour: .*red.*blue/);
    expect(error.message).toContain('size: unknown argument');
    expect(error.remedy).toContain('accepted arguments: count, colour');
    expect(result.structuredContent).toBeUndefined();
  });

  it('gives a DivisionError as JSON text with isError, never as structuredContent, and without its cause', async () => {
    const { client } = await clientOf(era);
    const result = await client.callTool({ name: 'refusing' });
    expect(errorOf(result)).toEqual({
      code: 'QUORUM_AT_RISK',
      message: 'two of three members',
      retry: 'after-change',
      remedy: 'wait',
    });
    expect(result.structuredContent).toBeUndefined();
  });

  it.each([
    ['a tool that throws', 'broken'],
    ['a tool that breaks its output schema', 'lying'],
  ])('lets nothing of %s leak, and reports it inside', async (_what, name) => {
    const { client, unexpected } = await clientOf(era);
    const result = await client.callTool({ name });
    expect(errorOf(result)).toMatchObject({ code: 'INTERNAL', retry: 'later' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(unexpected).toHaveLength(1);
    expect(unexpected[0]).toContain(`tool ${name}`);
  });

  it('asks who calls before it looks at the arguments, and takes a kind of error of the server’s own', async () => {
    const { client } = await clientOf(era, {
      admit: ({ name }) => {
        if (name === 'order') throw new DivisionError('AUTHORITY_REFUSED', 'not you', 'ask');
      },
      explain: error => (error instanceof DivisionError ? undefined : { error_class: 'failed' }),
    });
    expect(errorOf(await client.callTool({ name: 'order', arguments: { nonsense: 1 } })).code).toBe(
      'AUTHORITY_REFUSED',
    );
    expect(errorOf(await client.callTool({ name: 'broken' }))).toEqual({ error_class: 'failed' });
  });

  it('answers a tool there is not with a protocol error', async () => {
    const { client } = await clientOf(era);
    await expect(client.callTool({ name: 'nothing' })).rejects.toMatchObject({ code: -32602 });
  });

  it('derives all four hints from the impact', async () => {
    const { client } = await clientOf(era);
    const { tools: listed } = await client.listTools();
    const hintsOf = (name: string) => listed.find(tool => tool.name === name)?.annotations;
    expect(hintsOf('broken')).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    });
    expect(hintsOf('order')).toEqual({
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: false,
      openWorldHint: false,
    });
    expect(hintsOf('refusing')).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: true });
  });
});
