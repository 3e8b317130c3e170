import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
let client: Connection['client'];
afterEach(async () => fixture.close());

async function open(principal: 'viewer' | 'operator' | 'coo' | 'cortex-prime'): Promise<void> {
  fixture = await aFront({ principal });
  ({ client } = await fixture.connect('modern'));
}
const record = (given: Record<string, unknown>) => client.callTool({ name: 'record_usage', arguments: given });

describe('record_usage', () => {
  it.each(['coo', 'cortex-prime'] as const)(
    '%s: adds what was really used, and answers with the budget',
    async principal => {
      await open(principal);
      const result = await record({ tokens: 11_200, category: 'supervision', task_id: 'op-1' });
      expect(structuredOf(result)).toMatchObject({
        day: '2026-11-22',
        used_tokens: 11_200,
        used_percent: 74.7,
        alert: 'none',
        categories: { supervision: { reported_tokens: 11_200, estimated_tokens: 0, used_tokens: 11_200 } },
        timezone: 'UTC',
        resets_at: '2026-11-23T00:00:00.000Z',
        next: expect.any(String),
      });
      expect(textOf(result)).toContain('11,200 of 15,000 tokens used (74.7 %)');
      expect(await fixture.front.budget.tokensOfTask('op-1')).toBe(11_200);
    },
  );

  it.each(['viewer', 'operator'] as const)('%s: is not listed, and can’t be called', async principal => {
    await open(principal);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('record_usage');
    await expect(record({ tokens: 1, category: 'supervision' })).rejects.toThrow(/record_usage/);
    expect((await fixture.front.budget.today()).used_tokens).toBe(0);
  });

  it('R48: the emergency reserve asks for the emergency, and the COO is told at once', async () => {
    await open('coo');
    const refused = errorOf(await record({ tokens: 300, category: 'emergency_reserve' }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('reason') });
    await record({ tokens: 300, category: 'emergency_reserve', reason: 'etcd lost quorum' });
    const { handoffs } = await fixture.front.handoffs.outgoing();
    expect(handoffs.map(({ reading }) => reading.context)).toMatchObject([
      { summary: expect.stringContaining('etcd lost quorum'), tokens: 300, simulated: true },
    ]);
    expect(await fixture.front.budget.notificationsDue()).toEqual([]);
    await record({ tokens: 1, category: 'reporting' });
    expect((await fixture.front.handoffs.outgoing()).handoffs, 'once').toHaveLength(1);
  });

  it('R66: beyond 110 % the result says that the COO decides', async () => {
    await open('coo');
    const within = structuredOf(await record({ tokens: 15_001, category: 'supervision' }));
    expect(within).toMatchObject({ is_overrun: true, needs_coo: false, alert: 'exhausted' });
    const beyond = await record({ tokens: 1500, category: 'supervision' });
    expect(structuredOf(beyond)).toMatchObject({
      needs_coo: true,
      categories: { supervision: { used_tokens: 16_501 } },
    });
    expect(textOf(beyond)).toContain('the COO decides');
  });

  it.each([
    [{ tokens: -1, category: 'supervision' }, 'tokens'],
    [{ tokens: 1.5, category: 'supervision' }, 'tokens'],
    [{ tokens: 1, category: 'coffee' }, 'category'],
    [{ tokens: 1, category: 'supervision', cost: 3 }, 'cost: unknown argument'],
    [{ category: 'supervision' }, 'tokens'],
  ])('%j is refused, and nothing is counted', async (given, named) => {
    await open('coo');
    const error = errorOf(await record(given));
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.message).toContain(named);
    expect((await fixture.front.budget.today()).categories.supervision.used_tokens).toBe(0);
  });
});
