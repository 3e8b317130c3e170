import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import type { Connection } from '../mcp/connected-client.ts';
import { eras, errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, aPlan, type Fixture, HASH, SHORT } from '../mcp/front-fixture.ts';

const ID = `op-${SHORT}`;
const plan = aPlan();
const queued: JournalBody = { kind: 'queued', plan_hash: HASH, requested_by: 'operator' };
const observed = (node: string, state: 'done' | 'in_doubt' | 'draining'): JournalBody => ({
  kind: 'observed',
  cluster: 'staging',
  node,
  state,
  reason: 'seen',
  evidence: [],
});
const started: readonly JournalBody[] = [queued, { kind: 'started' }, { kind: 'phase', name: 'workers' }];

let fixture: Fixture;
let client: Connection['client'];
const open = async (change: Parameters<typeof aFront>[0] = {}) => {
  fixture = await aFront(change);
  ({ client } = await fixture.connect('legacy'));
};
beforeEach(() => open());
afterEach(async () => fixture.close());

const get = (given: Record<string, unknown> = {}) => client.callTool({ name: 'get_operation', arguments: given });

describe('get_operation', () => {
  it('tells status, what is waited for and why, the ETA and events, in both channels', async () => {
    await fixture.record(plan, ...started, observed('worker-1', 'done'), observed('worker-2', 'draining'), {
      kind: 'waiting',
      reason: 'budget shop/web allows no disruption',
      what_ends_it: 'a replica of web becomes Ready',
    });
    const result = await get({ operation_id: ID });
    expect(result.structuredContent).toMatchObject({
      simulated: true,
      operation: {
        operation_id: ID,
        plan_hash: SHORT,
        status: 'waiting',
        phase: 'workers',
        progress: { done: 1, total: 2 },
        nodes_by_state: { done: 1, draining: 1 },
        active: ['staging/worker-2'],
        waiting_for: { reason: 'budget shop/web allows no disruption' },
        eta_at: expect.any(String),
        poll_after_seconds: 60,
      },
      events_total: 6,
      next: expect.stringContaining('end your turn'),
    });
    const text = textOf(result);
    for (const fact of ['[simulated]', ID, SHORT, 'waiting', '1 of 2 nodes', 'shop/web', 'Next: it runs on']) {
      expect(text).toContain(fact);
    }
    expect(text).not.toContain('{');
    expect(text.split(/\s+/).length).toBeLessThanOrEqual(60);
  });

  it('gives who reads on from a cursor the oldest 20 events, and who only looks none but their number', async () => {
    await fixture.record(plan, ...Array.from({ length: 50 }, () => queued));
    const cursorsOf = async (given: Record<string, unknown>) => {
      const content = structuredOf(await get({ operation_id: ID, ...given }));
      const cursors = (content.events as { cursor: number }[]).map(event => event.cursor);
      return { cursors, total: content.events_total, rest: content.events_rest };
    };
    const all = `gm://operations/${ID}/events`;
    expect(await cursorsOf({})).toEqual({ cursors: [], total: 50, rest: all });
    expect((await cursorsOf({ events_after: 0 })).cursors).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(await cursorsOf({ events_after: 10 })).toEqual({
      cursors: Array.from({ length: 20 }, (_, i) => i + 11),
      total: 40,
      rest: all,
    });
    expect(await cursorsOf({ events_after: 45 })).toEqual({ cursors: [46, 47, 48, 49, 50], total: 5, rest: undefined });
  });

  it('shows each line of evidence whole, inside its own fence', async () => {
    const evidence = ['boot id was a', 'Talos: boot id b'];
    const stopped = { status: 'halted', code: 'OUTCOME_UNKNOWN', reason: 'unknown', remedy: 'look', evidence } as const;
    await fixture.record(plan, ...started, { kind: 'stopped', ...stopped });
    const { operation } = structuredOf(await get({ operation_id: ID })) as { operation: { stopped: unknown } };
    expect(operation.stopped).toMatchObject({
      evidence: ['<untrusted>boot id was a</untrusted>', '<untrusted>Talos: boot id b</untrusted>'],
    });
  });

  it('lists active operations before ended ones, and names records it can’t read', async () => {
    const ended = aPlan({ plan_hash: 'e'.repeat(64) });
    await fixture.record(ended, ...started, {
      kind: 'finished',
      status: 'succeeded',
      summary: 'all nodes run v1.13.9',
    });
    await fixture.record(plan, ...started);
    const broken = join(fixture.front.division.directory, 'operations', 'op-eeeeeeeeeeeeeeee', 'record.json');
    await fixture.record(aPlan({ plan_hash: 'd'.repeat(64) }), ...started, {
      kind: 'finished',
      status: 'cancelled',
      summary: 'cancelled',
    });
    await writeFile(broken, '{');
    const result = await get();
    expect(result.structuredContent).toMatchObject({
      operations: [
        { operation_id: ID, status: 'running' },
        { operation_id: 'op-dddddddddddddddd', status: 'cancelled' },
      ],
      operations_total: 2,
      unreadable: [expect.stringContaining('op-eeeeeeeeeeeeeeee')],
      next: `get_operation with operation_id ${ID}, or end your turn.`,
    });
    expect(textOf(result)).toContain(`${ID}: running`);
  });

  it('brings an executor back for what needs one, and answers from the records when none can be had', async () => {
    await fixture.record(plan, ...started);
    await get({ operation_id: ID });
    expect(fixture.executorCalls()).toBe(1);
    await fixture.close();
    await open({
      ensureExecutor: async () => {
        throw new DivisionError('INTERNAL', 'the executor did not start', 'look at its log');
      },
    });
    await fixture.record(plan, ...started);
    const result = await get({ operation_id: ID });
    expect(result.structuredContent).toMatchObject({
      operation: { status: 'running' },
      executor_problem: expect.stringContaining('the executor did not start'),
    });
    expect(textOf(result)).toContain('the executor did not start');
  });

  it('refuses an operation there is not, and tells one apart that nobody has taken up yet', async () => {
    expect(errorOf(await get({ operation_id: 'op-none' }))).toMatchObject({ code: 'NOT_FOUND', retry: 'after-change' });
    await fixture.front.division.savePlan(plan);
    const error = errorOf(await get({ operation_id: ID }));
    expect(error).toMatchObject({ code: 'NOT_FOUND', retry: 'later' });
    expect(error.remedy).toContain(SHORT);
    expect(fixture.executorCalls()).toBe(1);
  });

  it.each([
    ['a wait that is too long', { operation_id: ID, wait_ms: 25_001 }, 'wait_ms'],
    ['a cursor that is none', { operation_id: ID, events_after: -1 }, 'events_after'],
    ['an id that is none', { operation_id: 7 }, 'operation_id'],
    ['an argument there is not', { id: ID }, 'id: unknown argument'],
  ])('refuses %s', async (_what, given, said) => {
    expect(errorOf(await get(given))).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(said) });
  });

  it('closes the fence of foreign text that was cut, so that what follows reads as ours', async () => {
    const long = `<untrusted>${'x'.repeat(90)} ${'y '.repeat(60)}</untrusted>`;
    await fixture.record(plan, ...started, { kind: 'waiting', reason: long, what_ends_it: 'nothing' });
    const result = await get({ operation_id: ID, events_after: 0 });
    expect(textOf(result)).toMatch(/<\/untrusted> Next: /);
    const events = structuredOf(result).events as { message: string }[];
    expect(events.at(-1)?.message).toMatch(/<\/untrusted>$/);
  });
});

describe.each(eras)('waiting for news, %s era', era => {
  beforeEach(async () => {
    await fixture.record(plan, ...started);
    ({ client } = await fixture.connect(era));
  });

  it('shows no event that the record does not know of yet: both are of one moment', async () => {
    await fixture.journal(plan, observed('worker-1', 'done'));
    const content = structuredOf(await client.callTool({ name: 'get_operation', arguments: { operation_id: ID } }));
    expect(content).toMatchObject({ operation: { progress: { done: 0, total: 2 } }, events_total: 3 });
  });

  it('returns at the first event, with progress if it was asked for', async () => {
    const heard: string[] = [];
    const waiting = client.callTool(
      { name: 'get_operation', arguments: { operation_id: ID, wait_ms: 20_000 } },
      { onprogress: ({ message }) => heard.push(message ?? '') },
    );
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    await fixture.record(plan, observed('worker-1', 'done'));
    const content = structuredOf(await waiting);
    expect(content).toMatchObject({ operation: { progress: { done: 1, total: 2 } } });
    expect(content.events_total).toBe(4);
    expect(heard[0]).toBe('running, workers: 0 of 2 nodes done');
  });

  it('returns at once when there is news after the cursor, or the operation has ended', async () => {
    const begin = performance.now();
    await get({ operation_id: ID, wait_ms: 20_000, events_after: 1 });
    await fixture.record(plan, { kind: 'finished', status: 'succeeded', summary: 'all nodes run v1.13.9' });
    const { structuredContent: content } = await get({ operation_id: ID, wait_ms: 20_000, events_after: 4 });
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(content).toMatchObject({
      operation: { status: 'succeeded', result_summary: 'all nodes run v1.13.9' },
      next: 'done: report it and end your turn.',
    });
  });

  it('returns when wait_ms are over', async () => {
    const { structuredContent: content } = await get({ operation_id: ID, wait_ms: 50, events_after: 3 });
    expect(content).toMatchObject({ operation: { status: 'running' }, events: [] });
  });

  it('cancels nothing when the call is lost', async () => {
    const lost = new AbortController();
    const heard: string[] = [];
    const waiting = client.callTool(
      { name: 'get_operation', arguments: { operation_id: ID, wait_ms: 20_000 } },
      { signal: lost.signal, onprogress: ({ message }) => heard.push(message ?? '') },
    );
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    lost.abort();
    await expect(waiting).rejects.toThrow();
    expect((await get({ operation_id: ID })).structuredContent).toMatchObject({ operation: { status: 'running' } });
    expect(await fixture.writer.requests()).toEqual([]);
  });
});
