import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokensOfBytes } from '../../src/decisions/budget.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { tools } from '../../src/tools/index.ts';
import { eras, textOf } from './connected-client.ts';
import { aFront, aPlan, type Fixture, HASH, SHORT } from './front-fixture.ts';

const ID = `op-${SHORT}`;
const queued: JournalBody = { kind: 'queued', plan_hash: HASH, requested_by: 'operator' };
const observed = (node: string): JournalBody => ({
  kind: 'observed',
  cluster: 'staging',
  node,
  state: 'done',
  reason: 'proved',
  evidence: ['bootID changed', 'osImage Talos (v1.13.9)'],
});

let fixture: Fixture;
beforeEach(async () => {
  fixture = await aFront();
});
afterEach(async () => fixture.close());

const bytesOf = (value: unknown): number =>
  Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));

describe.each(eras)('what goes out to a host, %s era', era => {
  it('a tool’s result is counted by both channels, in its category', async () => {
    const { client } = await fixture.connect(era);
    const result = await client.callTool({ name: 'cluster_health', arguments: {} });
    const expected = tokensOfBytes(bytesOf(textOf(result)) + bytesOf(result.structuredContent));
    const { categories, used_tokens } = await fixture.front.budget.today();
    expect(categories.supervision.estimated_tokens).toBe(expected);
    expect(used_tokens).toBe(expected);
  });

  it('an error and a prompt are counted', async () => {
    const { client } = await fixture.connect(era);
    const error = await client.callTool({ name: 'cluster_health', arguments: { nonsense: 1 } });
    const { categories: first } = await fixture.front.budget.today();
    expect(first.supervision.estimated_tokens).toBe(tokensOfBytes(bytesOf(textOf(error))));
    const given = { clusters: 'staging', to_version: 'v1.13.9' };
    const { messages } = await client.getPrompt({ name: 'talos_upgrade', arguments: given });
    const [message] = messages;
    const text = message?.content.type === 'text' ? message.content.text : '';
    expect(text.length).toBeGreaterThan(100);
    const { categories: second } = await fixture.front.budget.today();
    expect(second.coordination.estimated_tokens).toBe(tokensOfBytes(bytesOf(text)));
  });

  it('what is told of an operation is counted as its own', async () => {
    const plan = aPlan();
    await fixture.front.division.savePlan(plan);
    await fixture.record(plan, queued);
    const { client } = await fixture.connect(era);
    const result = await client.callTool({ name: 'get_operation', arguments: { operation_id: ID } });
    const expected = tokensOfBytes(bytesOf(textOf(result)) + bytesOf(result.structuredContent));
    expect(await fixture.front.budget.tokensOfTask(ID)).toBe(expected);
  });

  it('resources are told apart: applications read them, over and over', async () => {
    const { client } = await fixture.connect(era);
    const { contents } = await client.readResource({ uri: 'gm://division/state' });
    await client.readResource({ uri: 'gm://division/state' });
    const [state] = contents;
    const bytes = 2 * bytesOf(state && 'text' in state ? state.text : '');
    const { used_tokens, resource_readings } = await fixture.front.budget.today();
    expect(used_tokens).toBe(0);
    expect(resource_readings).toEqual({ readings: 2, bytes, tokens_estimated: tokensOfBytes(bytes) });
  });

  it('reading the budget does not change it', async () => {
    const { client } = await fixture.connect(era);
    await client.readResource({ uri: 'gm://division/budget' });
    expect((await fixture.front.budget.today()).resource_readings.readings).toBe(0);
  });
});

describe('the estimate', () => {
  /**
   * Measured: records and results cost o200k 2.7 to 3.6 bytes a token, so the estimate is 3 to 24 % low, and 52 % high for prose (who
   * this is); over all of them together 13 % low.
   */
  const RESULT_WITHIN = 30;
  const PROSE_WITHIN = 60;
  const TOGETHER_WITHIN = 20;

  it('every tool says what its tokens are counted as, or is coordination', () => {
    const categories = tools.map(({ name, category }) => [name, category ?? 'coordination']);
    expect(Object.fromEntries(categories)).toMatchObject({
      cluster_health: 'supervision',
      get_operation: 'supervision',
      control_operation: 'supervision',
      rolling_upgrade: 'coordination',
      record_usage: 'reporting',
    });
  });

  it(`is within ${RESULT_WITHIN} % of o200k for every real result, and within ${TOGETHER_WITHIN} % for all together`, async () => {
    const encoding = new Tiktoken(o200k);
    const plan = aPlan();
    await fixture.front.division.savePlan(plan);
    await fixture.record(plan, queued, { kind: 'started' }, observed('worker-1'), observed('worker-2'));
    const { client } = await fixture.connect('modern');
    const results: [string, string][] = [];
    const call = async (name: string, given: Record<string, unknown>) => {
      const result = await client.callTool({ name, arguments: given });
      results.push([
        `${name} ${JSON.stringify(given)}`,
        `${textOf(result)}${JSON.stringify(result.structuredContent ?? '')}`,
      ]);
    };
    const read = async (uri: string) => {
      const { contents } = await client.readResource({ uri });
      const [content] = contents;
      results.push([uri, content && 'text' in content ? content.text : '']);
    };
    await call('cluster_health', {});
    await call('cluster_health', { cluster: 'staging' });
    await call('get_operation', {});
    await call('get_operation', { operation_id: ID });
    await call('control_operation', {});
    await call('rolling_upgrade', { clusters: ['staging'], to_version: 'v1.13.9' });
    for (const name of ['identity', 'state', 'cluster-status', 'budget']) await read(`gm://division/${name}`);
    await read('gm://clusters/staging');
    await read(`gm://operations/${ID}`);
    await read(`gm://operations/${ID}/events`);
    await read(`gm://plans/${SHORT}`);
    const rows = results.map(([what, text]) => {
      const real = encoding.encode(text).length;
      const estimated = tokensOfBytes(bytesOf(text));
      return {
        what,
        bytes: bytesOf(text),
        real,
        estimated,
        error: Math.round((1000 * (estimated - real)) / real) / 10,
      };
    });
    for (const { what, ...row } of rows) {
      const within = what === 'gm://division/identity' ? PROSE_WITHIN : RESULT_WITHIN;
      expect(Math.abs(row.error), `${what} ${JSON.stringify(row)}`).toBeLessThanOrEqual(within);
    }
    const sum = (field: 'real' | 'estimated'): number => rows.reduce((total, row) => total + row[field], 0);
    expect((100 * Math.abs(sum('estimated') - sum('real'))) / sum('real')).toBeLessThanOrEqual(TOGETHER_WITHIN);
  });
});
