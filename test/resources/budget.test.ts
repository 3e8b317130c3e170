import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connection, eras } from '../mcp/connected-client.ts';
import { aFront, type Fixture } from '../mcp/front-fixture.ts';

const uri = 'gm://division/budget';
let fixture: Fixture;
beforeEach(async () => {
  fixture = await aFront();
});
afterEach(async () => fixture.close());

async function read(client: Connection['client']): Promise<Record<string, unknown>> {
  const { contents } = await client.readResource({ uri });
  const [content] = contents;
  return JSON.parse(content && 'text' in content ? content.text : '') as Record<string, unknown>;
}

describe('gm://division/budget', () => {
  it('R43, R66: tells the day, its limit and every category, in tokens', async () => {
    const { client } = await fixture.connect('modern');
    fixture.front.budget.count({ category: 'reporting', bytes: 700, what: 'division_report' });
    expect(await read(client)).toMatchObject({
      simulated: true,
      day: '2026-11-22',
      daily_tokens: 15_000,
      overrun_limit_tokens: 16_500,
      used_tokens: 200,
      remaining_tokens: 14_800,
      alert: 'none',
      needs_coo: false,
      categories: { reporting: { allotted_tokens: 2000, estimated_tokens: 200, remaining_tokens: 1800 } },
      contractor_answers: { calls: 0, bytes: 0, tokens_estimated: 0 },
      timezone: 'UTC',
    });
  });

  it.each(eras)('tells its subscribers when another process counted, %s era', async era => {
    const { client } = await fixture.connect(era);
    const changed: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void changed.push(params.uri));
    if (era === 'legacy') await client.subscribeResource({ uri });
    else await client.listen({ resourceSubscriptions: [uri] });
    fixture.front.budget.count({ category: 'reporting', bytes: 700, what: 'division_report' });
    await vi.waitFor(() => expect(changed).toContain(uri), { timeout: 5000 });
    const told = changed.length;
    await read(client);
    await read(client);
    fixture.front.budget.count({ category: 'reporting', bytes: 7, what: 'division_report' });
    await vi.waitFor(() => expect(changed.length).toBe(told + 1), { timeout: 5000 });
  });
});
