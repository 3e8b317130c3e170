import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, errorOf, structuredOf } from '../mcp/connected-client.ts';
import { aFront, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
let client: Connection['client'];
afterEach(async () => fixture.close());

async function open(principal: 'viewer' | 'operator' = 'operator'): Promise<void> {
  fixture = await aFront({ principal });
  ({ client } = await fixture.connect('modern'));
}
const record = (given: Record<string, unknown>) => client.callTool({ name: 'record_lesson', arguments: given });
const search = async (query: string) =>
  structuredOf(await client.callTool({ name: 'search_knowledge', arguments: { query } })).patterns;

const lesson = { name: 'Pin the NIC speed', summary: 'Nodes with this NIC flap after an upgrade: pin the speed.' };

describe('record_lesson', () => {
  it('keeps it where it is found again, without a success rate of its own', async () => {
    await open();
    const result = structuredOf(await record({ ...lesson, clusters: ['staging'], versions: ['v1.12.4'] }));
    expect(result).toMatchObject({ simulated: true, pattern_id: 'pin-the-nic-speed', is_new: true });
    expect(await search('v1.12.4')).toMatchObject([
      { pattern_id: 'pin-the-nic-speed', score: 1, success_rate: null, observations: 0 },
    ]);
  });

  it('the same name again, or its id, changes the same lesson', async () => {
    await open();
    await record(lesson);
    const again = structuredOf(await record({ ...lesson, summary: 'Replace the cable instead of all that.' }));
    expect(again).toMatchObject({ pattern_id: 'pin-the-nic-speed', is_new: false });
    await record({ ...lesson, name: 'Cables', pattern_id: 'pin-the-nic-speed', use_cases: ['flapping link'] });
    expect(await search('flapping link')).toMatchObject([{ pattern_id: 'pin-the-nic-speed' }]);
    expect((await fixture.front.knowledge.file('cluster-patterns.jsonl')).entries).toHaveLength(1);
  });

  it('no secret is kept', async () => {
    await open();
    await record({ ...lesson, summary: 'The registry wanted password=hunter2hunter2 here.' });
    const { entries } = await fixture.front.knowledge.file('cluster-patterns.jsonl');
    expect(JSON.stringify(entries)).not.toContain('hunter2');
  });

  it('a viewer records nothing', async () => {
    await open('viewer');
    expect(errorOf(await record(lesson)).code).toBe('AUTHORITY_REFUSED');
    expect((await fixture.front.knowledge.file('cluster-patterns.jsonl')).entries).toEqual([]);
  });

  it.each([
    [{ name: lesson.name }, 'summary'],
    [{ ...lesson, name: 'x' }, 'name'],
    [{ ...lesson, pattern_id: '../x' }, 'pattern_id'],
    [{ ...lesson, success_rate: 100 }, 'success_rate: unknown argument'],
    [{ ...lesson, playbook: 'Talos Upgrade' }, 'playbook'],
  ])('%j is refused', async (given, named) => {
    await open();
    const error = errorOf(await record(given));
    expect(error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(named) });
  });
});
