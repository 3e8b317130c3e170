import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildServer } from '../../src/mcp/server.ts';
import { aFront, aPlan, type Fixture, HASH, SHORT, served } from './front-fixture.ts';

let fixture: Fixture;
let client: Client;
let close: () => Promise<void>;

/** A client that answers input requests itself, and can so answer them twice or wrongly. */
beforeEach(async () => {
  fixture = await aFront({ principal: 'coo' });
  await fixture.front.division.savePlan(aPlan({ simulated: false }));
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(context => buildServer(served(fixture.front), context.era), { transport: serverSide });
  client = new Client(
    { name: 'forger', version: '1' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
      inputRequired: { autoFulfill: false },
    },
  );
  await client.connect(clientSide);
  close = async () => {
    await client.close();
    await handle.close();
  };
});
afterEach(async () => {
  await close();
  await fixture.close();
});

const accepted = { confirm: { action: 'accept', content: { confirm: true } } };

async function call(given: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const params = { name: 'approve_or_escalate', arguments: given, ...more };
  return (await client.request({ method: 'tools/call', params }, { allowInputRequired: true })) as Record<
    string,
    unknown
  >;
}

const approvals = async () => (await fixture.front.approvals.of(HASH)).approvals;

describe('an answer to a question', () => {
  it('counts once: the same one again is refused', async () => {
    const asked = await call({ plan_hash: SHORT });
    expect(asked).toMatchObject({
      resultType: 'input_required',
      requestState: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const answer = { inputResponses: accepted, requestState: asked.requestState };
    expect(await call({ plan_hash: SHORT }, answer)).toMatchObject({ structuredContent: { verdict: 'approved' } });
    expect(await approvals()).toHaveLength(1);
    await call({ plan_hash: SHORT, decision: 'reject', reason: 'second thoughts' });
    expect(await call({ plan_hash: SHORT }, answer)).toMatchObject({ structuredContent: { verdict: 'rejected' } });
    expect((await approvals()).map(({ approval }) => approval.decision).sort()).toEqual(['approve', 'reject']);
  });

  it.each([
    ['without the question’s token', () => ({})],
    ['with a token of the client’s making', () => ({ requestState: '0'.repeat(32) })],
    ['with a token that is a path', () => ({ requestState: '../../plans/x' })],
    ['with the token of another question', (state: unknown) => ({ requestState: state, reason: 'changed' })],
  ])('%s is refused and decides nothing', async (_what, forge) => {
    const asked = await call({ plan_hash: SHORT });
    const { reason, ...more } = forge(asked.requestState) as Record<string, unknown>;
    const given = { plan_hash: SHORT, ...(reason !== undefined && { reason }) };
    const result = await call(given, { inputResponses: accepted, ...more });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toContain('INPUT_INVALID');
    expect(await approvals()).toEqual([]);
  });
});
