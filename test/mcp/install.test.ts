import { McpServer } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import { installPrompts } from '../../src/mcp/install-prompts.ts';
import { installResources } from '../../src/mcp/install-resources.ts';
import { type Connection, connectedClient, type Era, eras } from './connected-client.ts';

const SECRET = 'boom secret=abc';
const fail = async (): Promise<never> => {
  throw new Error(SECRET);
};

let connection: Connection | undefined;
afterEach(async () => connection?.close());

async function clientOf(era: Era) {
  const unexpected: string[] = [];
  const note = (error: unknown, where: string) => unexpected.push(`${where}: ${String(error)}`);
  connection = await connectedClient(() => {
    const server = new McpServer({ name: 'test', version: '1' }, { capabilities: { resources: { subscribe: true } } });
    const family = { title: 'T', description: 'D', keepMs: 0 };
    installResources(
      server,
      [
        { ...family, name: 'fine', uri: 'gm://fine', read: async () => ({ ok: true }) },
        { ...family, name: 'broken', uri: 'gm://broken', read: fail },
        {
          ...family,
          name: 'things',
          uri: 'gm://things/{id}',
          read: async (_context, { id = '' }) => {
            if (id === 'boom') return fail();
            if (id === 'known thing') return { id };
            throw new DivisionError('NOT_FOUND', 'no such thing', 'list them');
          },
          list: fail,
          complete: { id: async (_context, typed) => (typed === 'x' ? fail() : ['one', 'two', 'three']) },
        },
      ],
      async () => ({}),
      note,
    );
    installPrompts(
      server,
      [
        {
          name: 'greet',
          title: 'Greet',
          description: 'greets',
          arguments: {
            who: {
              description: 'a name',
              isRequired: true,
              complete: async (_context, typed) => (typed === 'x' ? fail() : ['ann', 'bob']),
            },
            how: { description: 'a manner', isRequired: false },
          },
          render: async (_context, { who = '', how }) => (who === 'boom' ? fail() : `${who} ${how ?? 'well'}`),
        },
      ],
      async () => ({}),
      note,
    );
    return server;
  }, era);
  return { client: connection.client, unexpected };
}

describe.each(eras)('the boundary of resources, prompts and completions, %s era', era => {
  const refusals: readonly [string, (client: Connection['client']) => Promise<unknown>, number][] = [
    ['a resource that throws', client => client.readResource({ uri: 'gm://broken' }), -32603],
    ['a template that throws', client => client.readResource({ uri: 'gm://things/boom' }), -32603],
    ['a thing there is not', client => client.readResource({ uri: 'gm://things/none' }), -32602],
    ['an address there is not', client => client.readResource({ uri: 'gm://nowhere' }), -32602],
    ['a prompt that throws', client => client.getPrompt({ name: 'greet', arguments: { who: 'boom' } }), -32603],
    ['a prompt without its argument', client => client.getPrompt({ name: 'greet', arguments: {} }), -32602],
    [
      'a prompt with a strange one',
      client => client.getPrompt({ name: 'greet', arguments: { who: 'a', x: 'y' } }),
      -32602,
    ],
    [
      'a completion that throws',
      client => client.complete({ ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: 'x' } }),
      -32603,
    ],
    [
      'a template completion that throws',
      client =>
        client.complete({
          ref: { type: 'ref/resource', uri: 'gm://things/{id}' },
          argument: { name: 'id', value: 'x' },
        }),
      -32603,
    ],
  ];
  it.each(refusals)('answers %s with the right code and without leaking', async (_what, ask, code) => {
    const { client } = await clientOf(era);
    const error = await ask(client).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('secret');
  });

  it('reads, decodes and lists resources, leaving out only the family that fails', async () => {
    const { client, unexpected } = await clientOf(era);
    const { contents } = await client.readResource({ uri: 'gm://things/known%20thing' });
    expect(contents).toMatchObject([{ mimeType: 'application/json', text: '{"id":"known thing"}' }]);
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['gm://fine', 'gm://broken']);
    expect(unexpected).toEqual([`list of things: Error: ${SECRET}`]);
  });

  it('completes what begins as typed', async () => {
    const { client } = await clientOf(era);
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'gm://things/{id}' },
      argument: { name: 'id', value: 't' },
    });
    expect(completion.values).toEqual(['two', 'three']);
    const { prompts } = await client.listPrompts();
    expect(prompts[0]?.arguments).toEqual([
      { name: 'who', description: 'a name', required: true },
      { name: 'how', description: 'a manner', required: false },
    ]);
    const prompt = await client.getPrompt({ name: 'greet', arguments: { who: ' ann ' } });
    expect(prompt.messages).toMatchObject([{ role: 'user', content: { type: 'text', text: 'ann well' } }]);
  });
});
