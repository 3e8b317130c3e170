import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { knowledgeFiles } from '../../src/model/knowledge.ts';
import { aLesson } from '../division/knowledge/lessons.ts';
import { type Connection, eras } from '../mcp/connected-client.ts';
import { aFront, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await aFront();
});
afterEach(async () => fixture.close());

async function read(client: Connection['client'], file: string): Promise<Record<string, unknown>> {
  const { contents } = await client.readResource({ uri: `gm://knowledge/${file}` });
  const [content] = contents;
  return JSON.parse(content && 'text' in content ? content.text : '') as Record<string, unknown>;
}

describe('gm://knowledge/{file}', () => {
  it('lists the five files and gives each, newest first, its words fenced', async () => {
    const { client } = await fixture.connect('modern');
    const { resources } = await client.listResources();
    const listed = resources.map(({ uri }) => uri).filter(uri => uri.startsWith('gm://knowledge/'));
    expect(listed).toEqual(knowledgeFiles.map(file => `gm://knowledge/${file}`));
    for (const file of knowledgeFiles) expect(await read(client, file)).toMatchObject({ entries: [], unreadable: [] });
    const keep = (entry_id: string) => fixture.front.knowledge.keep('incident-responses.json', { entry_id, at: 'now' });
    await keep('i-1');
    await keep('i-2');
    expect(await read(client, 'incident-responses.json')).toMatchObject({
      simulated: true,
      entries: ['<untrusted>{"entry_id":"i-2","at":"now"}</untrusted>', expect.stringContaining('i-1')],
      entries_total: 2,
    });
  });

  it.each(['passwd', '..%2F..%2Fexecutor.log', 'cluster-patterns'])('%s is no file of it', async file => {
    const { client } = await fixture.connect('modern');
    await expect(read(client, file)).rejects.toThrow();
  });

  it.each(eras)('tells its subscribers when another process learnt something, %s era', async era => {
    await fixture.front.knowledge.init();
    const uri = 'gm://knowledge/cluster-patterns.jsonl';
    const { client } = await fixture.connect(era);
    const changed: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void changed.push(params.uri));
    if (era === 'legacy') await client.subscribeResource({ uri });
    else await client.listen({ resourceSubscriptions: [uri] });
    await fixture.front.knowledge.learn(aLesson('op-1'));
    await vi.waitFor(() => expect(changed).toContain(uri), { timeout: 5000 });
  });
});
