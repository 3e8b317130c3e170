import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalBody } from '../../src/model/journal.ts';
import type { Connection } from '../mcp/connected-client.ts';
import { errorOf, textOf } from '../mcp/connected-client.ts';
import { aFront, aPlan, type Fixture, HASH, SHORT } from '../mcp/front-fixture.ts';

const ID = `op-${SHORT}`;
const plan = aPlan();
const started: readonly JournalBody[] = [
  { kind: 'queued', plan_hash: HASH, requested_by: 'operator' },
  { kind: 'started' },
];
const inDoubt: JournalBody = {
  kind: 'observed',
  cluster: 'staging',
  node: 'worker-1',
  state: 'in_doubt',
  reason: 'no receipt',
  evidence: [],
};

let fixture: Fixture;
let client: Connection['client'];
beforeEach(async () => {
  fixture = await aFront();
  ({ client } = await fixture.connect('legacy'));
});
afterEach(async () => fixture.close());

const control = (given: Record<string, unknown> = {}) =>
  client.callTool({ name: 'control_operation', arguments: given });

/** What the executor does with a request, as far as a front end sees it. */
async function obey(): Promise<void> {
  const [request] = await expect
    .poll(() => fixture.writer.requests())
    .toHaveLength(1)
    .then(() => fixture.writer.requests());
  if (request?.kind !== 'control') throw new Error('no control request');
  const { action, reason, node, as } = request;
  const named = { ...(node !== undefined && { node }), ...(as !== undefined && { as }) };
  await fixture.record(plan, { kind: 'control', action, reason, by: request.principal, ...named });
}

describe('control_operation', () => {
  it('leaves the request with its reason and principal, and returns the operation', async () => {
    await fixture.record(plan, ...started);
    const asked = control({ operation_id: ID, action: 'pause', reason: 'maintenance of the rack' });
    await obey();
    const result = await asked;
    expect(result.structuredContent).toMatchObject({
      operation_id: ID,
      asked: { action: 'pause', reason: 'maintenance of the rack' },
      simulated: true,
      next: expect.stringContaining('get_operation'),
    });
    expect(textOf(result)).toMatch(/^\[simulated\] Asked to pause\. Operation op-/);
    expect(await fixture.writer.requests()).toMatchObject([
      { operation_id: ID, action: 'pause', reason: 'maintenance of the rack', principal: 'operator' },
    ]);
    expect(fixture.executorCalls()).toBeGreaterThan(0);
  });

  it('resolves a node in doubt, named as in in_doubt', async () => {
    await fixture.front.division.savePlan(plan);
    await fixture.record(plan, ...started, inDoubt);
    const result = await client.callTool({ name: 'get_operation', arguments: { operation_id: ID } });
    expect(result.structuredContent).toMatchObject({
      operation: { in_doubt: ['staging/worker-1'] },
      next: expect.stringContaining('control_operation with action resolve'),
    });
    const asked = control({
      operation_id: ID,
      action: 'resolve',
      node: 'staging/worker-1',
      as: 'done',
      reason: 'it runs v1.13.9',
    });
    await obey();
    expect((await asked).structuredContent).toMatchObject({ asked: { node: 'staging/worker-1', as: 'done' } });
  });

  it('SAFETY 3: a doubt is resolved by somebody with the authority of its effect, not by an operator', async () => {
    const real = aPlan({ simulated: false });
    await fixture.front.division.savePlan(real);
    await fixture.record(real, ...started, inDoubt);
    const given = {
      operation_id: ID,
      action: 'resolve',
      node: 'staging/worker-1',
      as: 'not_started',
      reason: 'looked',
    };
    expect(errorOf(await control(given))).toMatchObject({ code: 'AUTHORITY_REFUSED' });
    expect(await fixture.writer.requests()).toEqual([]);
  });

  it('without any argument lists what can be controlled: nothing that has succeeded', async () => {
    const done = aPlan({ plan_hash: 'e'.repeat(64) });
    await fixture.record(done, ...started, { kind: 'finished', status: 'succeeded', summary: 'done' });
    expect((await control()).structuredContent).toMatchObject({ operations: [], operations_total: 0 });
    await fixture.record(plan, ...started);
    const result = await control();
    expect(result.structuredContent).toMatchObject({ operations: [{ operation_id: ID }], operations_total: 1 });
    expect(textOf(result)).toContain(ID);
  });

  it.each([
    ['no operation and no reason', { action: 'pause' }, 'INPUT_INVALID', ['operation_id: missing', 'reason: missing']],
    ['an action there is not', { operation_id: ID, action: 'stop', reason: 'why not' }, 'INPUT_INVALID', ['action']],
    ['an empty reason', { operation_id: ID, action: 'pause', reason: ' ' }, 'INPUT_INVALID', ['reason']],
    [
      'resolve without node and as',
      { operation_id: ID, action: 'resolve', reason: 'looked' },
      'INPUT_INVALID',
      ['node: missing', 'as: missing'],
    ],
    [
      'a node for pause',
      { operation_id: ID, action: 'pause', reason: 'looked', node: 'a' },
      'INPUT_INVALID',
      ['node: only for resolve'],
    ],
    [
      'an operation there is not',
      { operation_id: 'op-none', action: 'pause', reason: 'why' },
      'NOT_FOUND',
      ['operation'],
    ],
  ])('refuses %s', async (_what, given, code, said) => {
    const error = errorOf(await control(given));
    expect(error.code).toBe(code);
    for (const problem of said) expect(error.message).toContain(problem);
    expect(await fixture.writer.requests()).toEqual([]);
  });

  it('refuses to pause what has ended', async () => {
    await fixture.record(plan, ...started, { kind: 'finished', status: 'succeeded', summary: 'done' });
    expect(errorOf(await control({ operation_id: ID, action: 'pause', reason: 'too late' }))).toMatchObject({
      code: 'OPERATION_CONFLICT',
      retry: 'never',
    });
  });
});
